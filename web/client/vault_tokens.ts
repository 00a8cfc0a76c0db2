// How a certificate in parts (SD-JWT VC) stands today and what its holder is shown of it: signed by a key that the partnership lists for
// its issuer, or by one that the issuer itself publishes; current by its days and by its issuer's status list.
import { fromBase64url } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { isSignedBy, parseJws } from "./jws.ts";
import type { Lists } from "./lists.ts";
import { parseMultikey } from "./keys.ts";
import { isMdoc, isSigned, parseMdoc, signedPart, type Mdoc } from "./mdoc.ts";
import { proofHolds, SUITES } from "./proofs.ts";
import { parseSdJwt, type SdJwt } from "./sd_jwt.ts";
import { unpack } from "./unpack.ts";
import { validity } from "./validity.ts";
import { listedState } from "./vault_bitstring.ts";
import { keyBehind, webAddress } from "./vault_dids.ts";
import { faceOf } from "./vault_face.ts";
import { ALONE, issuedBy, issuerOf, listed, type Issued, type Seen } from "./vault_issuers.ts";
import { isToken, type Shown } from "./vault_papers.ts";
import type { Courier } from "./vault_relay.ts";
import { listsNow, type Standing, type State } from "./vault_standing.ts";

const SUFFIX = "statuslist+jwt";
const MAX_BYTES = 2 * 1024 * 1024;
const SAID: State[] = ["valid", "withdrawn", "on-hold"]; // Token Status List §7.1

export async function lookAtToken(text: string, seen: Seen = ALONE): Promise<Shown> {
  if (isMdoc(text)) return lookAtMdoc(text, seen);
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
  if (isMdoc(text)) return tokenOf(parseMdoc(text));
  if (text.includes("~")) return parseSdJwt(text);
  const { header, claims } = parseJws(text);
  return { jwt: text, header, claims, disclosures: [] };
}

function isWork(claims: JsonObject): boolean {
  const { credentialSubject } = isObject(claims.vc) ? claims.vc : claims;
  return isObject(isObject(credentialSubject) ? credentialSubject.workExperience : claims.workExperience);
}

// A mobile document as a token: its elements without their namespaces, its issuer by the DID URL that names its key.
function tokenOf({ doctype, claims, kid, from, until, status }: Mdoc): SdJwt {
  const elements = Object.assign({}, ...Object.values(claims)) as JsonObject;
  const moments = { nbf: Date.parse(from) / 1000, exp: Date.parse(until) / 1000 };
  return { jwt: "", header: { kid }, disclosures: [], claims: { ...elements, ...moments, iss: kid.split("#")[0] ?? "", vct: doctype, status } };
}

// A mobile document is signed by its certificate's key; whose that is, its DID says, and the lists before it. A certificate alone names
// nobody whom the lists know.
async function lookAtMdoc(text: string, seen: Seen): Promise<Shown> {
  const unknown: Shown = { standing: { state: "unknown", asOf: null }, face: null };
  const not: Shown = { standing: { state: "not-genuine", asOf: null }, face: null };
  const mdoc = await Promise.resolve(text).then(parseMdoc).catch(() => null);
  if (!mdoc || (await isSigned(mdoc).catch(() => false)) === false) return not;
  if (!mdoc.kid.startsWith("did:")) return unknown;
  const token = tokenOf(mdoc);
  const lists = await listsNow();
  const { key } = await issuedBy(token, lists, seen);
  if (!key) return unknown;
  if (!(await isSignedBy(signedPart(mdoc), key))) return not;
  const standing = await standingOf(token, lists, seen).catch((): Standing => ({ state: "unknown", asOf: null }));
  return { standing, face: { ...faceOf(documentOf(token, lists)), kind: isWork(token.claims) ? "work" : "training" } };
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
  const standing = bad ? { state: bad, asOf: null } : await listedState(document, lists, courier);
  return { standing, face: faceOf(withHost(document)) };
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
  if (document.credentialStatus !== undefined) return listedState({ issuer: token.claims.iss ?? "", ...document }, lists, seen.courier);
  if (!isObject(status)) return { state: "valid", asOf: now };
  const entry = isObject(status.status_list) ? status.status_list : {};
  return statusOf(token, entry, lists, seen);
}

// Token Status List §8.3: the list is where the certificate says, signed by whoever signs for the issuer, and still good.
async function statusOf(token: SdJwt, { uri, idx }: JsonObject, lists: Lists | null, seen: Seen): Promise<Standing> {
  const unknown: Standing = { state: "unknown", asOf: null };
  const reply = await seen.courier({ url: String(uri), accept: `application/${SUFFIX}` });
  const list = parseJws(new TextDecoder().decode(reply.content).trim());
  const isSameKey = list.header.kid === token.header.kid; // the kept key is the certificate's
  const { key } = await issuedBy({ ...token, header: list.header }, lists, isSameKey ? seen : { ...seen, key: null });
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
