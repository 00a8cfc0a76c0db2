// A vault as one encrypted file: a JWE (RFC 7516, PBES2-HS512+A256KW and A256GCM) that any JOSE library opens with the passphrase.
import { base64url, utf8, type Bytes } from "./bytes.ts";
import type { Json } from "./json.ts";
import { random } from "./vault_keys.ts";

const ROUNDS = 210_000; // of SHA-512; many libraries refuse more than 300,000
const ALG = "PBES2-HS512+A256KW";
const TAG = 16;

export async function encrypted(content: Json, passphrase: string): Promise<string> {
  const salt = random(16);
  const header = base64url(utf8(JSON.stringify({ alg: ALG, enc: "A256GCM", p2s: base64url(salt), p2c: ROUNDS, cty: "application/json" })));
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const wrapped = await crypto.subtle.wrapKey("raw", key, await wrapping(passphrase, salt), "AES-KW");
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData: utf8(header) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, utf8(JSON.stringify(content))));
  const parts = [new Uint8Array(wrapped), iv, sealed.slice(0, -TAG), sealed.slice(-TAG)];
  return [header, ...parts.map(base64url)].join(".");
}

// RFC 7518 §4.8: the algorithm's name and a zero stand before the salt.
async function wrapping(passphrase: string, salt: Bytes): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", utf8(passphrase.normalize("NFC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-512", salt: utf8(`${ALG}\0`), iterations: ROUNDS };
  const whole = new Uint8Array(how.salt.length + salt.length);
  whole.set(how.salt);
  whole.set(salt, how.salt.length);
  return crypto.subtle.deriveKey({ ...how, salt: whole }, base, { name: "AES-KW", length: 256 }, false, ["wrapKey"]);
}
