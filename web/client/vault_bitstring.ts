// Status of certificates of any issuer by Bitstring Status Lists (W3C, §3): each list is fetched from where the certificate says, and
// counts when who signs for the certificate's issuer signed it. All else is "could not check".
import { isObject, type JsonObject } from "./json.ts";
import { isSignedBy, parseJws } from "./jws.ts";
import { parseMultikey } from "./keys.ts";
import type { Lists } from "./lists.ts";
import { MalformedValue } from "./problems.ts";
import { proofHolds, SUITES } from "./proofs.ts";
import { gunzip } from "./status.ts";
import { validity } from "./validity.ts";
import { issuedBy, issuerOf } from "./vault_issuers.ts";
import type { Courier } from "./vault_relay.ts";
import type { Standing, State } from "./vault_standing.ts";

const STATES: { [purpose: string]: State } = { revocation: "withdrawn", suspension: "on-hold" };
const MOST = 8; // entries of one certificate

// What the lists that a certificate names say of it; a withdrawal counts whatever else could not be checked.
export async function listedState(document: JsonObject, lists: Lists | null, courier: Courier): Promise<Standing> {
  const { credentialStatus: named } = document;
  if (named === undefined) return { state: "valid", asOf: null };
  const entries = Array.isArray(named) ? named : [named];
  if (!entries.length || entries.length > MOST) return { state: "unknown", asOf: null };
  const said = await Promise.all(entries.map((entry) => stateOf(entry as JsonObject, document, lists, courier).catch((): Standing => ({ state: "unknown", asOf: null }))));
  const told = (["withdrawn", "on-hold", "unknown"] as State[]).flatMap((state) => said.find((one) => one.state === state) ?? []);
  return told[0] ?? { state: "valid", asOf: Math.min(...said.map(({ asOf }) => asOf ?? 0)) };
}

async function stateOf(entry: JsonObject, document: JsonObject, lists: Lists | null, courier: Courier): Promise<Standing> {
  const { type, statusPurpose: purpose, statusListCredential: url, statusListIndex: index, statusSize: size } = entry;
  const state = STATES[String(purpose)];
  if (type !== "BitstringStatusListEntry" || !state || typeof url !== "string" || (size ?? 1) !== 1) throw new MalformedValue("a status of another kind");
  if (!/^[0-9]{1,9}$/.test(String(index))) throw new MalformedValue("this is no place in a list");
  const list = await signedList(url, issuerOf(document), lists, courier);
  const subject = isObject(list.credentialSubject) ? list.credentialSubject : {};
  const purposes = Array.isArray(subject.statusPurpose) ? subject.statusPurpose : [subject.statusPurpose];
  const isFor = list.id === url && subject.type === "BitstringStatusList" && purposes.includes(String(purpose));
  if (!isFor || validity(list, Date.now()).outcome !== "passed") throw new MalformedValue("the list is another one, or has run out");
  const bits = await gunzip(String(subject.encodedList));
  const byte = bits[Number(index) >> 3];
  if (byte === undefined) throw new MalformedValue("the list is too short");
  return { state: byte & (0x80 >> (Number(index) & 7)) ? state : "valid", asOf: Date.parse(String(list.validFrom)) || Date.now() };
}

// Returns a list whose issuer is the certificate's, and which is signed for it: by a proof over JCS, or as a JWT.
async function signedList(url: string, issuer: string, lists: Lists | null, courier: Courier): Promise<JsonObject> {
  const reply = await courier({ url, accept: "*/*" });
  if (reply.status !== 200) throw new MalformedValue("the list is not there");
  const text = new TextDecoder().decode(reply.content).trim();
  const keyFor = async (kid: string): ReturnType<typeof issuedBy> => issuedBy({ header: { kid }, claims: { issuer } }, lists, { courier, key: null });
  if (!text.startsWith("{")) {
    const jws = parseJws(text);
    const { key } = await keyFor(String(jws.header.kid ?? ""));
    const list = isObject(jws.claims.vc) ? { ...jws.claims.vc, issuer: jws.claims.iss ?? jws.claims.vc.issuer ?? "" } : jws.claims;
    if (key && issuerOf(list) === issuer && (await isSignedBy(jws, key))) return list;
    throw new MalformedValue("nobody known signed the list");
  }
  const list = JSON.parse(text) as JsonObject;
  const proofs = (Array.isArray(list.proof) ? list.proof : [list.proof ?? null]).filter(isObject);
  for (const proof of issuerOf(list) === issuer ? proofs.filter(({ cryptosuite }) => String(cryptosuite) in SUITES) : []) {
    const { key } = await keyFor(String(proof.verificationMethod));
    if (key && "multikey" in key && (await proofHolds({ ...list, proof }, parseMultikey(key.multikey)))) return list;
  }
  throw new MalformedValue("nobody known signed the list");
}
