// Encrypting to somebody's key, and opening what was encrypted to one made here: JWE in compact form (RFC 7516), ECDH-ES on P-256
// straight to A128GCM or A256GCM (RFC 7518 §4.6).
import { base64url, fromBase64url, fromUtf8, joined, utf8, type Bytes } from "./bytes.ts";
import type { Json, JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { decoded } from "./sd_jwt.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const TAG = 16;
export const ENCS: { [enc: string]: number } = { A256GCM: 256, A128GCM: 128 }; // name to bits of the key

function counted(content: Bytes): Bytes {
  return joined(number(content.length), content);
}

function number(value: number): Bytes {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

// Concat KDF of one round (NIST SP 800-56A §5.8.1), with the party names that a header has.
async function agreed(secret: Bytes, enc: string, bits: number, apu?: Json, apv?: Json): Promise<Bytes> {
  const [by, to] = [apu, apv].map((name) => (typeof name === "string" ? fromBase64url(name) : new Uint8Array())) as [Bytes, Bytes];
  const info = joined(counted(utf8(enc)), counted(by), counted(to), number(bits));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(number(1), secret, info))).slice(0, bits / 8);
}

// `jwk`: a public P-256 key; its `kid` is repeated, so that its owner finds the private one.
export async function encryptTo(jwk: JsonObject, enc: string, content: string): Promise<string> {
  const { kty, crv, x, y, kid } = jwk;
  const bits = ENCS[enc] as number;
  const theirs = await crypto.subtle.importKey("jwk", { kty, crv, x, y } as JsonWebKey, CURVE, false, []);
  const own = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const epk = await crypto.subtle.exportKey("jwk", own.publicKey);
  const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256));
  const key = await crypto.subtle.importKey("raw", await agreed(secret, enc, bits), "AES-GCM", false, ["encrypt"]);
  const named = typeof kid === "string" ? { kid } : {};
  const header = base64url(utf8(JSON.stringify({ alg: "ECDH-ES", enc, ...named, epk: { kty: epk.kty, crv: epk.crv, x: epk.x, y: epk.y } })));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(header) }, key, utf8(content)));
  return [header, "", base64url(iv), base64url(sealed.slice(0, -TAG)), base64url(sealed.slice(-TAG))].join(".");
}

// A key that answers are encrypted to; it lives as long as this page at most.
export interface OwnKey {
  jwk: JsonObject; // public
  own: CryptoKey;
}

export async function newEncryptionKey(): Promise<OwnKey> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { jwk: { kty, crv, x, y, use: "enc", alg: "ECDH-ES", kid: "answer" } as JsonObject, own: privateKey };
}

// Raises MalformedValue where it does not open with this key, or is of another form.
export async function decryptWith({ own }: OwnKey, text: string): Promise<string> {
  const [protectedHeader = "", wrapped, iv = "", sealed = "", tag = "", ...more] = text.split(".");
  const { alg, enc, epk, apu, apv, zip, crit } = decoded(protectedHeader);
  const bits = ENCS[String(enc)];
  const isOne = alg === "ECDH-ES" && bits && wrapped === "" && !more.length && zip === undefined && crit === undefined;
  if (!isOne || typeof epk !== "object" || fromBase64url(tag).length !== TAG) throw new MalformedValue("this is encrypted otherwise");
  try {
    const { kty, crv, x, y } = epk as JsonObject;
    const theirs = await crypto.subtle.importKey("jwk", { kty, crv, x, y } as JsonWebKey, CURVE, false, []);
    const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own, 256));
    const key = await crypto.subtle.importKey("raw", await agreed(secret, String(enc), bits, apu, apv), "AES-GCM", false, ["decrypt"]);
    const how = { name: "AES-GCM", iv: fromBase64url(iv), additionalData: utf8(protectedHeader) };
    return fromUtf8(new Uint8Array(await crypto.subtle.decrypt(how, key, joined(fromBase64url(sealed), fromBase64url(tag)))));
  } catch {
    throw new MalformedValue("this does not open");
  }
}
