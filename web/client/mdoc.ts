// Mobile documents (ISO 18013-5) on the holder's side: what one can show, whether its issuer's certificate signed it, and what of it is
// shown in one session (OpenID4VP 1.0, Appendix B.2). CBOR is read as far as these are written in it, and kept letter for letter.
import { base64url, equal, fromBase64url, fromUtf8, joined, sha256, utf8, type Bytes } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { isSignedBy, type Jws } from "./jws.ts";
import { MalformedValue } from "./problems.ts";
import type { Disclosure } from "./sd_jwt.ts";
import { keyOfCertificate } from "./x509.ts";

const DEEPEST = 16;
const LARGEST = 180_000;
const [ALG, KID, X5CHAIN] = [1, 4, 33];
const ALGS: { [alg: number]: string } = { [-7]: "ES256", [-35]: "ES384", [-8]: "EdDSA" };
const ENCODED = 24; // tag: CBOR in a byte string

// A piece of CBOR: what it says, and how it is written.
interface Piece {
  raw: Bytes;
  value: Bytes | string | number | boolean | null | Piece[] | [Piece, Piece][] | { tag: number; inner: Piece };
}

export interface Mdoc {
  doctype: string;
  issuerAuth: Piece;
  claims: JsonObject; // namespace to element to value
  disclosures: Disclosure[]; // `text`: an IssuerSignedItemBytes, in base64url
  deviceKey: JsonObject; // JWK
  kid: string; // what names the key that signed it, such as a DID URL; empty where nothing does
  from: string;
  until: string;
  status: JsonObject;
}

function read(content: Bytes, start = 0, depth = 0): Piece {
  if (depth > DEEPEST || start >= content.length) throw new MalformedValue("the document is cut off or too deep");
  const [major, info] = [(content[start] as number) >> 5, (content[start] as number) & 31];
  if (info > 27 || (major === 7 && info > 23)) throw new MalformedValue("a length is of a form that is not read");
  const size = info < 24 ? 0 : 1 << (info - 24);
  const number = size ? content.slice(start + 1, start + 1 + size).reduce((sum, byte) => sum * 256 + byte, 0) : info;
  let end = start + 1 + size;
  if (!Number.isSafeInteger(number) || end > content.length) throw new MalformedValue("a number is too large");
  const piece = (): Piece => {
    const inner = read(content, end, depth + 1);
    end += inner.raw.length;
    return inner;
  };
  const several = <T>(one: () => T): T[] => {
    if (number > content.length) throw new MalformedValue("the document is cut off");
    return Array.from({ length: number }, one);
  };
  const bytes = (): Bytes => {
    end += number;
    if (end > content.length) throw new MalformedValue("the document is cut off");
    return content.slice(end - number, end);
  };
  const kinds: (() => Piece["value"])[] = [
    () => number,
    () => -1 - number,
    bytes,
    () => fromUtf8(bytes()),
    () => several(piece),
    () => several((): [Piece, Piece] => [piece(), piece()]),
    () => ({ tag: number, inner: piece() }),
    () => (number === 20 || number === 21 ? number === 21 : null),
  ];
  const value = (kinds[major] as () => Piece["value"])();
  return { raw: content.slice(start, end), value };
}

// Reads one piece, and nothing after it.
function readAll(content: Bytes): Piece {
  const piece = read(content);
  if (piece.raw.length !== content.length) throw new MalformedValue("something stands behind the document");
  return piece;
}

function entries({ value }: Piece): [Piece, Piece][] {
  if (!Array.isArray(value) || value.some((one) => !Array.isArray(one))) throw new MalformedValue("no map stands where one must");
  return value as [Piece, Piece][];
}

function at(map: Piece, name: string | number): Piece {
  const found = entries(map).find(([key]) => key.value === name);
  if (!found) throw new MalformedValue(`${name} is missing`);
  return found[1];
}

function listOf({ value }: Piece): Piece[] {
  if (!Array.isArray(value) || value.some((one) => Array.isArray(one))) throw new MalformedValue("no list stands where one must");
  return value as Piece[];
}

function bytesOf({ value }: Piece): Bytes {
  if (!(value instanceof Uint8Array)) throw new MalformedValue("no bytes stand where they must");
  return value;
}

// What is written inside a byte string with tag 24.
function inside({ value }: Piece): Piece {
  if (value === null || typeof value !== "object" || !("tag" in value) || value.tag !== ENCODED) throw new MalformedValue("tag 24 is missing");
  return readAll(bytesOf(value.inner));
}

function plainValue({ value }: Piece): Json {
  if (value instanceof Uint8Array) return base64url(value);
  if (value !== null && typeof value === "object" && "tag" in value) return plainValue(value.inner);
  if (!Array.isArray(value)) return value;
  if (value.length && value.every((one) => Array.isArray(one))) return Object.fromEntries((value as [Piece, Piece][]).map(([name, one]) => [String(name.value), plainValue(one)]));
  return (value as Piece[]).map(plainValue);
}

export const isMdoc = (text: string): boolean => /^[A-Za-z0-9_-]{40,}$/.test(text);

// Reads `IssuerSigned`; every element is one that the issuer signed the digest of.
export function parseMdoc(text: string): Mdoc {
  if (!isMdoc(text) || text.length > LARGEST) throw new MalformedValue("this is no mobile document");
  const whole = readAll(fromBase64url(text));
  const issuerAuth = at(whole, "issuerAuth");
  const object = securityObject(issuerAuth);
  const claims: JsonObject = {};
  const disclosures: Disclosure[] = [];
  for (const [name, items] of entries(at(whole, "nameSpaces"))) {
    const namespace = String(name.value);
    const digests = at(at(object, "valueDigests"), namespace);
    const elements: JsonObject = {};
    for (const item of listOf(items)) {
      const element = inside(item);
      const id = String(at(element, "elementIdentifier").value);
      if (!equal(bytesOf(at(digests, Number(at(element, "digestID").value))), sha256(item.raw))) throw new MalformedValue("an element is not the one that was signed");
      elements[id] = plainValue(at(element, "elementValue"));
      disclosures.push({ text: base64url(item.raw), path: [namespace, id] });
    }
    claims[namespace] = elements;
  }
  const key = at(at(object, "deviceKeyInfo"), "deviceKey");
  const deviceKey = { kty: "EC", crv: "P-256", x: base64url(bytesOf(at(key, -2))), y: base64url(bytesOf(at(key, -3))) };
  const days = at(object, "validityInfo");
  const [from, until] = ["validFrom", "validUntil"].map((name) => String(plainValue(at(days, name))));
  const status = entries(object).find(([name]) => name.value === "status")?.[1];
  const said = status ? plainValue(status) : {};
  return {
    ...{ doctype: String(at(object, "docType").value), issuerAuth, claims, disclosures, deviceKey },
    ...{ kid: kidOf(issuerAuth), from: String(from), until: String(until), status: isObject(said) ? said : {} },
  };
}

function kidOf(issuerAuth: Piece): string {
  const [header, beside] = listOf(issuerAuth) as [Piece, Piece];
  const named = [...entries(readAll(bytesOf(header))), ...entries(beside)].find(([name]) => name.value === KID)?.[1];
  return named ? fromUtf8(bytesOf(named)) : "";
}

// What `IssuerAuth` signs, as a signature over bytes (RFC 9052 §4.4).
export function signedPart({ issuerAuth }: Mdoc): Pick<Jws, "header" | "signed" | "signature"> {
  const [header, , payload, signature] = listOf(issuerAuth) as [Piece, Piece, Piece, Piece];
  const alg = entries(readAll(bytesOf(header))).find(([name]) => name.value === ALG)?.[1].value;
  const signed = array(string("Signature1"), header.raw, bytes(new Uint8Array()), payload.raw);
  return { header: { alg: ALGS[Number(alg)] ?? "" }, signed, signature: bytesOf(signature) };
}

function securityObject(issuerAuth: Piece): Piece {
  return inside(readAll(bytesOf(listOf(issuerAuth)[2] as Piece)));
}

// Whether the certificate that stands in it signed it whoever's that is; null where none stands in it, or it signs in
// a way that is not read here.
export async function isSigned(mdoc: Mdoc): Promise<boolean | null> {
  const { issuerAuth } = mdoc;
  const [, beside] = listOf(issuerAuth) as [Piece, Piece];
  const chain = entries(beside).find(([name]) => name.value === X5CHAIN)?.[1];
  if (!chain) return null;
  const leaf = chain.value instanceof Uint8Array ? chain : (listOf(chain)[0] as Piece);
  const part = signedPart(mdoc);
  return part.header.alg === "" ? null : isSignedBy(part, { spki: keyOfCertificate(bytesOf(leaf)) });
}

function head(major: number, number: number): Bytes {
  if (number < 24) return Uint8Array.of((major << 5) | number);
  if (number < 256) return Uint8Array.of((major << 5) | 24, number);
  if (number < 65_536) return Uint8Array.of((major << 5) | 25, number >> 8, number & 255);
  return Uint8Array.of((major << 5) | 26, number >>> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255);
}

const bytes = (content: Bytes): Bytes => joined(head(2, content.length), content);
const string = (text: string): Bytes => joined(head(3, utf8(text).length), utf8(text));
const array = (...parts: Bytes[]): Bytes => joined(head(4, parts.length), ...parts);
const map = (...pairs: [Bytes, Bytes][]): Bytes => joined(head(5, pairs.length), ...pairs.flat());
const encoded = (content: Bytes): Bytes => joined(head(6, ENCODED), bytes(content));
const NOTHING = Uint8Array.of(0xf6);

export interface Session {
  clientId: string;
  nonce: string;
  responseUri: string;
  encryption: JsonObject | null; // the key that the answer is encrypted to
}

// SHA-256 over the members that RFC 7638 names, in its order.
function thumbprint({ crv, kty, x, y }: JsonObject): Bytes {
  return sha256(utf8(JSON.stringify({ crv, kty, x, y })));
}

// Returns `DeviceResponse` in base64url, signed by the device's key for this session (ISO 18013-5 §9.1.3; OpenID4VP 1.0 B.2.6.1).
export async function presentMdoc({ doctype, issuerAuth }: Mdoc, shown: Disclosure[], session: Session, sign: (content: Bytes) => Promise<Bytes>): Promise<string> {
  const { clientId, nonce, responseUri, encryption } = session;
  const said = array(string(clientId), string(nonce), encryption ? bytes(thumbprint(encryption)) : NOTHING, string(responseUri));
  const transcript = array(NOTHING, NOTHING, array(string("OpenID4VPHandover"), bytes(sha256(said))));
  const own = encoded(map());
  const payload = encoded(array(string("DeviceAuthentication"), transcript, string(doctype), own));
  const header = bytes(map([head(0, 1), head(1, 6)])); // alg: ES256, -7
  const signature = await sign(array(string("Signature1"), header, bytes(new Uint8Array()), bytes(payload)));
  const deviceSignature = array(header, map(), NOTHING, bytes(signature));
  const namespaces = [...new Set(shown.map(({ path }) => String(path[0])))];
  const items = namespaces.map((name): [Bytes, Bytes] => [string(name), array(...shown.filter(({ path }) => path[0] === name).map(({ text }) => fromBase64url(text)))]);
  const issuerSigned = map(...(items.length ? [[string("nameSpaces"), map(...items)] as [Bytes, Bytes]] : []), [string("issuerAuth"), issuerAuth.raw]);
  const deviceSigned = map([string("nameSpaces"), own], [string("deviceAuth"), map([string("deviceSignature"), deviceSignature])]);
  const document = map([string("docType"), string(doctype)], [string("issuerSigned"), issuerSigned], [string("deviceSigned"), deviceSigned]);
  return base64url(map([string("version"), string("1.0")], [string("documents"), array(document)], [string("status"), head(0, 0)]));
}
