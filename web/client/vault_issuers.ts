// Who signs for the issuer of a certificate: a key that the partnership lists for it, or one that the issuer itself publishes.
import { isObject, type JsonObject } from "./json.ts";
import type { Key } from "./jws.ts";
import type { Lists } from "./lists.ts";
import type { SdJwt } from "./sd_jwt.ts";
import { isStolen, keyOf } from "./status.ts";
import { keyBehind } from "./vault_dids.ts";
import { objectIn, withoutSession, type Courier } from "./vault_relay.ts";

// How an issuer is asked, and its key as it was when the certificate was taken.
export interface Seen {
  courier: Courier;
  key: Key | null;
}

export const ALONE: Seen = { courier: withoutSession, key: null };

export interface Issued {
  key: Key | null;
  isListed: boolean; // in the partnership's lists
}

// Who issued it, by the token's claim or by the document's.
export function issuerOf(claims: JsonObject): string {
  const { iss, issuer } = isObject(claims.vc) ? { iss: claims.iss, issuer: claims.vc.issuer } : claims;
  return String(iss ?? (isObject(issuer) ? issuer.id : issuer) ?? "");
}

export function listed(issuer: string, lists: Lists | null): boolean {
  return [...(lists?.files.issuers ?? []), ...(lists?.files.authorities ?? [])].some(({ record }) => record.did === issuer);
}

// Who signs for an issuer: the lists' word before its own.
export async function issuedBy({ header, claims }: Pick<SdJwt, "header" | "claims">, lists: Lists | null, { courier, key }: Seen): Promise<Issued> {
  const issuer = issuerOf(claims);
  const kid = String(header.kid ?? "");
  const method = kid.startsWith("#") ? issuer + kid : kid;
  if (!lists) return { key: null, isListed: false };
  const known = isStolen(method, issuer, lists) ? undefined : keyOf(method, issuer, lists);
  const isListed = listed(issuer, lists);
  if (known || isListed) return { key: known ? { multikey: known } : null, isListed };
  const published = async (): Promise<Key | null> => {
    if (!issuer.startsWith("did:")) return publishedKey(issuer, kid, courier);
    return method.startsWith(`${issuer}#`) ? keyBehind(method, courier) : null;
  };
  return { key: key ?? (await published().catch(() => null)), isListed };
}

// SD-JWT VC §3.5: an issuer that is an https address publishes its keys.
async function publishedKey(issuer: string, kid: string, courier: Courier): Promise<Key | null> {
  if (!URL.canParse(issuer) || new URL(issuer).protocol !== "https:") return null;
  const { origin, pathname } = new URL(issuer);
  const found = objectIn(await courier({ url: `${origin}/.well-known/jwt-vc-issuer${pathname === "/" ? "" : pathname}`, accept: "application/json" }));
  const keys = isObject(found.jwks) && Array.isArray(found.jwks.keys) ? found.jwks.keys.filter(isObject) : [];
  const jwk = kid ? keys.find((one) => one.kid === kid) : keys.length === 1 ? keys[0] : undefined;
  return found.issuer === issuer && jwk ? { jwk } : null;
}
