// How a certificate in parts (SD-JWT VC) stands today and what its holder is shown of it: signed by a key that the partnership lists for
// its issuer, or by one that the issuer itself publishes; current by its days and by its issuer's status list.
import { fromBase64url } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { isSignedBy, parseJws, type Key } from "./jws.ts";
import type { Lists } from "./lists.ts";
import { parseSdJwt, type SdJwt } from "./sd_jwt.ts";
import { keyOf } from "./status.ts";
import { unpack } from "./unpack.ts";
import { keyBehind } from "./vault_dids.ts";
import { faceOf } from "./vault_face.ts";
import type { Shown } from "./vault_papers.ts";
import { objectIn, withoutSession, type Courier } from "./vault_relay.ts";
import { listsNow, type Standing, type State } from "./vault_standing.ts";

const SUFFIX = "statuslist+jwt";
const MAX_BYTES = 2 * 1024 * 1024;
const SAID: State[] = ["valid", "withdrawn", "on-hold"]; // Token Status List §7.1

export interface Issued {
  key: Key | null;
  isListed: boolean; // in the partnership's lists
}

// `courier`: how the issuer is asked; this page's own address alone, where nobody is signed in.
export async function lookAtToken(text: string, courier: Courier = withoutSession): Promise<Shown> {
  const token = parseSdJwt(text);
  const lists = await listsNow();
  const { key } = await issuedBy(token, lists, courier).catch(() => ({ key: null }));
  if (!key) return { standing: { state: "unknown", asOf: null }, face: null };
  if (!(await isSignedBy(parseJws(token.jwt), key))) return { standing: { state: "not-genuine", asOf: null }, face: null };
  const standing = await standingOf(token, lists, courier).catch((): Standing => ({ state: "unknown", asOf: null }));
  const face = faceOf(documentOf(token, lists));
  return { standing, face: isObject(token.claims.workExperience) ? face : { ...face, kind: "training" } };
}

// Who signs for an issuer: the lists' word before its own.
export async function issuedBy({ header, claims }: SdJwt, lists: Lists | null, courier: Courier): Promise<Issued> {
  const issuer = String(claims.iss ?? "");
  const kid = String(header.kid ?? "");
  const method = kid.startsWith("#") ? issuer + kid : kid;
  const known = lists ? keyOf(method, issuer, lists) : undefined;
  const isListed = Boolean(lists?.files.issuers?.some(({ record }) => record.did === issuer));
  if (known || isListed) return { key: known ? { multikey: known } : null, isListed };
  if (issuer.startsWith("did:")) return { key: method.startsWith(`${issuer}#`) ? await keyBehind(method, courier) : null, isListed };
  return { key: await publishedKey(issuer, kid, courier), isListed };
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

async function standingOf(token: SdJwt, lists: Lists | null, courier: Courier): Promise<Standing> {
  const now = Date.now();
  const moment = (name: string): number | null => (typeof token.claims[name] === "number" ? (token.claims[name] as number) * 1000 : null);
  if ((moment("exp") ?? Infinity) <= now) return { state: "ended", asOf: null };
  if ((moment("nbf") ?? 0) > now) return { state: "not-yet", asOf: null };
  const { status } = token.claims;
  if (!isObject(status)) return { state: "valid", asOf: now };
  const entry = isObject(status.status_list) ? status.status_list : {};
  return statusOf(token, entry, lists, courier);
}

// Token Status List §8.3: the list is where the certificate says, signed by whoever signs for the issuer, and still good.
async function statusOf(token: SdJwt, { uri, idx }: JsonObject, lists: Lists | null, courier: Courier): Promise<Standing> {
  const unknown: Standing = { state: "unknown", asOf: null };
  const reply = await courier({ url: String(uri), accept: `application/${SUFFIX}` });
  const list = parseJws(new TextDecoder().decode(reply.content).trim());
  const { key } = await issuedBy({ ...token, header: list.header }, lists, courier);
  const { sub, iat, exp, status_list: packed } = list.claims;
  const isGood = reply.status === 200 && list.header.typ === SUFFIX && sub === uri && key && (await isSignedBy(list, key));
  if (!isGood || !isObject(packed) || (typeof exp === "number" && exp * 1000 <= Date.now())) return unknown;
  const bits = Number(packed.bits);
  const index = Number(idx);
  if (![1, 2, 4, 8].includes(bits) || !Number.isInteger(index) || index < 0) return unknown;
  const content = await unpack([fromBase64url(String(packed.lst))], "deflate", MAX_BYTES);
  const byte = content[Math.floor((index * bits) / 8)];
  if (byte === undefined) return unknown;
  const state = SAID[(byte >> ((index * bits) % 8)) & ((1 << bits) - 1)];
  return { state: state ?? "unknown", asOf: Number(iat) * 1000 };
}

// The claims as the document that a face is made of.
function documentOf({ claims }: SdJwt, lists: Lists | null): JsonObject {
  const { iss, vct, jti, iat, nbf, exp, name, native_name, ...subject } = claims;
  const record = lists?.files.issuers?.find(({ record: one }) => one.did === iss)?.record;
  const named = (isObject(record?.names) ? Object.entries(record.names) : []).map(([tag, value]): Json => ({ "@value": value, "@language": tag }));
  const day = (value: Json | undefined): Json => (typeof value === "number" ? new Date(value * 1000).toISOString() : null);
  const names = [name, native_name].filter((one): one is string => typeof one === "string");
  return {
    type: [String(vct)],
    id: jti ?? "",
    name: String(vct),
    issuer: { id: iss ?? "", name: named },
    validFrom: day(nbf ?? iat),
    validUntil: day(exp),
    credentialSubject: { ...subject, name: names.map((value): Json => ({ "@value": value })) },
  };
}
