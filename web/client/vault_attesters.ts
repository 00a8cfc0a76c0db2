// Who may say whose the key of a verifier is: the authorities of the lists, by the keys that the lists have of them.
import { isObject, type JsonObject } from "./json.ts";
import { isSignedBy, parseJws, type Jws, type Key } from "./jws.ts";
import type { Lists } from "./lists.ts";
import { contains, parsePeriod } from "./scope.ts";

const TYP = "verifier-attestation+jwt";
const SLACK = 60_000;

// Returns the key of an authority by its DID URL; null where the lists have none that is in use and was never stolen.
export type Attester = (method: string) => Promise<Key | null>;

export function attesterIn(lists: Lists | null, now: number): Attester {
  return async (method) => {
    for (const { record } of lists?.files.authorities ?? []) {
      const keys = Array.isArray(record.keys) ? record.keys.filter(isObject) : [];
      const key = keys.find(({ id, from, until, compromisedSince }) => `${record.did}${id}` === method && contains(parsePeriod(from, until), now) && (compromisedSince ?? null) === null);
      if (key && typeof key.publicKeyMultibase === "string") return { multikey: key.publicKeyMultibase };
    }
    return null;
  };
}

// Returns the key that a request's attestation names for an asker (OpenID4VP 1.0 §5.9.3, §12); null where it does not hold, is of somebody
// else, sends the answer elsewhere, or is by nobody whom the lists know.
export async function attestedKey({ header, claims }: Jws, name: string, attester: Attester, now: number): Promise<Key | null> {
  const said = parseJws(String(header.jwt ?? ""));
  const { iss, sub, exp, nbf, cnf, redirect_uris } = said.claims as JsonObject;
  if (said.header.typ !== TYP || sub !== name) return null;
  if (typeof exp !== "number" || exp * 1000 <= now - SLACK || (nbf !== undefined && !(Number(nbf) * 1000 <= now + SLACK))) return null;
  if (redirect_uris !== undefined && !(Array.isArray(redirect_uris) && redirect_uris.includes(claims.response_uri ?? null))) return null;
  const method = String(said.header.kid ?? "");
  const key = method.startsWith(`${String(iss)}#`) ? await attester(method) : null;
  if (!key || !(await isSignedBy(said, key))) return null;
  return isObject(cnf) && isObject(cnf.jwk) ? { jwk: cnf.jwk } : null;
}
