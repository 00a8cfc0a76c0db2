// Keys that certificates are bound to: ES256, one for each copy, made here and kept in the vault, so that they outlive the phone. They
// are software keys, and nothing attests more of them.
import { base58, base64url, fromBase64url, joined, utf8, type Bytes } from "./bytes.ts";
import type { JsonObject } from "./json.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const P256_PUB = Uint8Array.of(0x80, 0x24); // multicodec

export type Naming = "did:key" | "jwk" | "did:jwk";

export interface HolderKey {
  did: string; // did:key
  jwk: JsonObject; // private
}

export async function newHolderKey(): Promise<HolderKey> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const last = fromBase64url(String(y)).at(-1) as number;
  const compressed = joined(P256_PUB, Uint8Array.of(2 + (last & 1)), fromBase64url(String(x)));
  return { did: `did:key:z${base58(compressed)}`, jwk: { kty, crv, x, y, d } as JsonObject };
}

async function signingKey({ jwk }: HolderKey): Promise<CryptoKey> {
  return crypto.subtle.importKey("jwk", jwk as JsonWebKey, CURVE, false, ["sign"]);
}

function encoded(value: JsonObject): string {
  return base64url(utf8(JSON.stringify(value)));
}

// Returns the signature over bytes: ES256, r and s.
export async function signWith(key: HolderKey, content: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, await signingKey(key), content));
}

export async function signedToken(key: HolderKey, header: JsonObject, claims: JsonObject): Promise<string> {
  const content = `${encoded({ alg: "ES256", ...header })}.${encoded(claims)}`;
  return `${content}.${base64url(await signWith(key, utf8(content)))}`;
}

// Shows an issuer that a key is held here (OpenID4VCI 1.0, Appendix F.1).
export function keyProof(key: HolderKey, claims: JsonObject, naming: Naming): Promise<string> {
  return signedToken(key, { typ: "openid4vci-proof+jwt", ...named(key, naming) }, { iat: Math.floor(Date.now() / 1000), ...claims });
}

function named(key: HolderKey, naming: Naming): JsonObject {
  const { kty, crv, x, y } = key.jwk;
  if (naming === "jwk") return { jwk: { kty, crv, x, y } as JsonObject };
  if (naming === "did:jwk") return { kid: `did:jwk:${encoded({ kty, crv, x, y } as JsonObject)}#0` };
  return { kid: `${key.did}#${key.did.slice("did:key:".length)}` };
}

// Shows a verifier that the key of a certificate is held here, over what it is shown (RFC 9901 §4.3).
export function bindKey(key: HolderKey, claims: JsonObject): Promise<string> {
  return signedToken(key, { typ: "kb+jwt" }, claims);
}
