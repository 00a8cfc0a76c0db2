// Encrypting to somebody's key: JWE in compact form (RFC 7516), ECDH-ES on P-256 straight to A128GCM or A256GCM (RFC 7518 §4.6).
import { base64url, joined, utf8, type Bytes } from "./bytes.ts";
import type { JsonObject } from "./json.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const TAG = 16;
export const ENCS: { [enc: string]: number } = { A256GCM: 256, A128GCM: 128 }; // name to bits of the key

function counted(content: Bytes): Bytes {
  return joined(number(content.length), content);
}

function number(value: number): Bytes {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

// Concat KDF of one round (NIST SP 800-56A §5.8.1), without party names.
async function agreed(secret: Bytes, enc: string, bits: number): Promise<Bytes> {
  const info = joined(counted(utf8(enc)), counted(new Uint8Array()), counted(new Uint8Array()), number(bits));
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
