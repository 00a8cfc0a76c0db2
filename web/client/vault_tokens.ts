// How a certificate in parts (SD-JWT VC) stands today and what its holder is shown of it: signed by a key that the partnership lists for
// its issuer, or by one that the issuer itself publishes; current by its days and by its issuer's status list.
import { fromBase64url } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { isSignedBy, parseJws, type Key } from "./jws.ts";
import type { Lists } from "./lists.ts";
import { parseMultikey } from "./keys.ts";
import { isMdoc, isSigned, parseMdoc } from "./mdoc.ts";
import { proofHolds, SUITES } from "./proofs.ts";
import { parseSdJwt, type SdJwt } from "./sd_jwt.ts";
import { isStolen, keyOf } from "./status.ts";
import { unpack } from "./unpack.ts";
import { validity } from "./validity.ts";
import { keyBehind, webAddress } from "./vault_dids.ts";
import { faceOf } from "./vault_face.ts";
import { isToken, type Shown } from "./vault_papers.ts";
import { objectIn, withoutSession, type Courier } from "./vault_relay.ts";
import { listsNow, type Standing, type State } from "./vault_standing.ts";

const SUFFIX = "statuslist+jwt";
const MAX_BYTES = 2 * 1024 * 1024;
const SAID: State[] = ["valid", "withdrawn", "on-hold"]; // Token Status List §7.1

// How an issuer is asked, and its key as it was when the certificate was taken.
export interface Seen {
  courier: Courier;
  key: Key | null;
}

const ALONE: Seen = { courier: withoutSession, key: null };

export interface Issued {
  key: Key | null;
  isListed: boolean; // in the partnership's lists
}

export async function lookAtToken(text: string, seen: Seen = ALONE): Promise<Shown> {
  if (isMdoc(text)) return lookAtMdoc(text);
  const token = readToken(text);
  const lists = await listsNow();
  const { key } = await issuedBy(token, lists, seen);
  if (!key) return { standing: { state: "unknown", asOf: null }, face: null };
  if (!(await isSignedBy(parseJws(token.jwt), key))) return { standing: { state: "not-genuine", asOf: null }, face: null };
  const standing = await standingOf(token, lists, seen).catch((): Standing => ({ state: "unknown", asOf: null }));
  const face = faceOf(documentOf(token, lists));
  return { standing, face: face.kind === "work" && !isWork(token.claims) ? { ...face, kind: "training" } : face };
}

// A certificate as one token is read as one of which everything is shown.
function readToken(text: string): SdJwt {
  if (text.includes("~")) return parseSdJwt(text);
  const { header, claims } = parseJws(text);
  return { jwt: text, header, claims, disclosures: [] };
}

function isWork(claims: JsonObject): boolean {
  const { credentialSubject } = isObject(claims.vc) ? claims.vc : claims;
  return isObject(isObject(credentialSubject) ? credentialSubject.workExperience : claims.workExperience);
}

// Of a mobile document no list says yet whose its certificate is: what was changed shows, and nothing more is known.
async function lookAtMdoc(text: string): Promise<Shown> {
  const isGood = await Promise.resolve(text).then(parseMdoc).then(isSigned).catch(() => false);
  return { standing: { state: isGood === false ? "not-genuine" : "unknown", asOf: null }, face: null };
}

// Looks at a document that no list of the partnership knows the issuer of: by its proof over JCS, and the key that its issuer publishes.
export async function lookAtForeign(document: JsonObject, { courier, key }: Seen = ALONE): Promise<Shown> {
  const proofs = (Array.isArray(document.proof) ? document.proof : [document.proof ?? null]).filter(isObject);
  const proof = proofs.find(({ cryptosuite }) => String(cryptosuite) in SUITES);
  const method = String(proof?.verificationMethod ?? "");
  const issuer = issuerOf(document);
  const lists = await listsNow();
  const isForeign = lists !== null && !listed(issuer, lists);
  const found = !isForeign ? null : key ?? (proof && method.startsWith(`${issuer}#`) ? await keyBehind(method, courier).catch(() => null) : null);
  if (!proof || !found || !("multikey" in found)) return { standing: { state: "unknown", asOf: null }, face: null };
  const holds = await proofHolds({ ...document, proof }, parseMultikey(found.multikey));
  if (!holds) return { standing: { state: "not-genuine", asOf: null }, face: null };
  const { outcome, code } = validity(document, Date.now());
  const bad: State | null = outcome === "passed" ? null : code === "NOT_YET_VALID" ? "not-yet" : "ended";
  return { standing: { state: bad ?? (document.credentialStatus === undefined ? "valid" : "unknown"), asOf: null }, face: faceOf(withHost(document)) };
}

// The key that signs for whoever issued a text, as its issuer publishes it now; null where the lists know the issuer, or nobody says.
export async function issuerKey(text: string, courier: Courier): Promise<Issued & { issuer: string }> {
  const lists = await listsNow();
  if (!isToken(text)) {
    const document = JSON.parse(text) as JsonObject;
    const issuer = issuerOf(document);
    const isListed = listed(issuer, lists);
    const methods = (Array.isArray(document.proof) ? document.proof : [document.proof ?? null]).filter(isObject).map(({ verificationMethod }) => String(verificationMethod));
    const [method] = methods.filter((one) => one.startsWith(`${issuer}#`));
    return { issuer, isListed, key: isListed || !method ? null : await keyBehind(method, courier).catch(() => null) };
  }
  const token = readToken(text);
  const found = await issuedBy(token, lists, { courier, key: null });
  return { issuer: issuerOf(token.claims), ...found };
}

// Who issued it, by the token's claim or by the document's.
function issuerOf(claims: JsonObject): string {
  const { iss, issuer } = isObject(claims.vc) ? { iss: claims.iss, issuer: claims.vc.issuer } : claims;
  return String(iss ?? (isObject(issuer) ? issuer.id : issuer) ?? "");
}

function listed(issuer: string, lists: Lists | null): boolean {
  return [...(lists?.files.issuers ?? []), ...(lists?.files.authorities ?? [])].some(({ record }) => record.did === issuer);
}

// Who signs for an issuer: the lists' word before its own.
async function issuedBy({ header, claims }: SdJwt, lists: Lists | null, { courier, key }: Seen): Promise<Issued> {
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

async function standingOf(token: SdJwt, lists: Lists | null, seen: Seen): Promise<Standing> {
  const now = Date.now();
  const moment = (name: string): number | null => (typeof token.claims[name] === "number" ? (token.claims[name] as number) * 1000 : null);
  if ((moment("exp") ?? Infinity) <= now) return { state: "ended", asOf: null };
  if ((moment("nbf") ?? 0) > now) return { state: "not-yet", asOf: null };
  const { status, vc } = token.claims;
  const document = isObject(vc) ? vc : token.claims;
  const { outcome, code } = validity(document, now);
  if (outcome !== "passed") return { state: code === "NOT_YET_VALID" ? "not-yet" : "ended", asOf: null };
  if (document.credentialStatus !== undefined) return { state: "unknown", asOf: null }; // of a kind that is not read for a token
  if (!isObject(status)) return { state: "valid", asOf: now };
  const entry = isObject(status.status_list) ? status.status_list : {};
  return statusOf(token, entry, lists, seen);
}

// Token Status List §8.3: the list is where the certificate says, signed by whoever signs for the issuer, and still good.
async function statusOf(token: SdJwt, { uri, idx }: JsonObject, lists: Lists | null, seen: Seen): Promise<Standing> {
  const unknown: Standing = { state: "unknown", asOf: null };
  const reply = await seen.courier({ url: String(uri), accept: `application/${SUFFIX}` });
  const list = parseJws(new TextDecoder().decode(reply.content).trim());
  const { key } = await issuedBy({ ...token, header: list.header }, lists, seen);
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

// What a name that nobody vouches for stands for: the host that publishes the key.
function hostOf(issuer: string): string {
  const address = webAddress(issuer) ?? issuer;
  return address.startsWith("http") && URL.canParse(address) ? new URL(address).host : issuer;
}

function withHost(document: JsonObject): JsonObject {
  const id = issuerOf(document);
  return { ...document, issuer: { id, name: hostOf(id) } };
}

// The claims as the document that a face is made of.
function documentOf({ claims }: SdJwt, lists: Lists | null): JsonObject {
  if (isObject(claims.vc)) return withHost({ ...claims.vc, issuer: claims.vc.issuer ?? claims.iss ?? "", id: claims.vc.id ?? claims.jti ?? "" });
  if (isObject(claims.credentialSubject)) return withHost(claims);
  const { iss, vct, jti, iat, nbf, exp, name, native_name, ...subject } = claims;
  const record = lists?.files.issuers?.find(({ record: one }) => one.did === iss)?.record;
  const named = (isObject(record?.names) ? Object.entries(record.names) : []).map(([tag, value]): Json => ({ "@value": value, "@language": tag }));
  const day = (value: Json | undefined): Json => (typeof value === "number" ? new Date(value * 1000).toISOString() : null);
  const names = [name, native_name].filter((one): one is string => typeof one === "string");
  return {
    type: [String(vct)],
    id: jti ?? "",
    name: String(vct),
    issuer: { id: iss ?? "", name: named.length ? named : hostOf(String(iss ?? "")) },
    validFrom: day(nbf ?? iat),
    validUntil: day(exp),
    credentialSubject: { ...subject, name: names.map((value): Json => ({ "@value": value })) },
  };
}
