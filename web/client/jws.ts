// Signed tokens of others (JWS in compact form, RFC 7515): taken apart, and verified by WebCrypto with a key that is found elsewhere.
import { fromBase64url, utf8, type Bytes } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { parseMultikey, verifies } from "./keys.ts";
import { MalformedValue } from "./problems.ts";
import { decoded } from "./sd_jwt.ts";

export interface Jws {
  header: JsonObject;
  claims: JsonObject;
  signed: Bytes;
  signature: Bytes;
}

export type Key = { spki: Bytes } | { jwk: JsonObject } | { multikey: string };

type How = { import: EcKeyImportParams | RsaHashedImportParams | { name: string }; verify: EcdsaParams | RsaPssParams | { name: string } };

function onCurve(namedCurve: string, hash: string): How {
  return { import: { name: "ECDSA", namedCurve }, verify: { name: "ECDSA", hash } };
}

const ALGORITHMS: { [alg: string]: How } = {
  ES256: onCurve("P-256", "SHA-256"),
  ES384: onCurve("P-384", "SHA-384"),
  ES512: onCurve("P-521", "SHA-512"),
  EdDSA: { import: { name: "Ed25519" }, verify: { name: "Ed25519" } },
  Ed25519: { import: { name: "Ed25519" }, verify: { name: "Ed25519" } },
  PS256: { import: { name: "RSA-PSS", hash: "SHA-256" }, verify: { name: "RSA-PSS", saltLength: 32 } },
};

export function parseJws(text: string): Jws {
  const [header, payload, signature, ...more] = text.split(".");
  if (!header || !payload || !signature || more.length) throw new MalformedValue("this is no signed token");
  const read = decoded(header);
  if (read.crit !== undefined || read.b64 !== undefined) throw new MalformedValue("the token asks for what is not known here");
  return { header: read, claims: decoded(payload), signed: utf8(`${header}.${payload}`), signature: fromBase64url(signature) };
}

// The algorithm is the header's, of the few above; a key that is not of its kind verifies nothing.
export async function isSignedBy({ header, signed, signature }: Pick<Jws, "header" | "signed" | "signature">, key: Key): Promise<boolean> {
  const alg = String(header.alg);
  const how = Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (!how) return false;
  try {
    if ("multikey" in key) return await byMultikey(key.multikey, alg, signature, signed);
    const imported =
      "spki" in key
        ? await crypto.subtle.importKey("spki", key.spki, how.import, false, ["verify"])
        : await crypto.subtle.importKey("jwk", publicPart(key.jwk), how.import, false, ["verify"]);
    return await crypto.subtle.verify(how.verify, imported, signature, signed);
  } catch {
    return false; // of another kind than the algorithm
  }
}

function publicPart({ kty, crv, x, y, n, e }: JsonObject): JsonWebKey {
  const members: [string, Json | undefined][] = Object.entries({ kty, crv, x, y, n, e });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as JsonWebKey;
}

async function byMultikey(text: string, alg: string, signature: Bytes, signed: Bytes): Promise<boolean> {
  const key = parseMultikey(text);
  const fits = key.algorithm === "ES256" ? alg === "ES256" : alg === "EdDSA" || alg === "Ed25519";
  return fits && verifies(key, signature, signed);
}

// Returns the key of a DID document's method, or of one that stands in the document itself.
export function keyInDocument(document: JsonObject, url: string): Key | null {
  const did = url.split("#")[0] as string;
  const methods = [document.verificationMethod, document.assertionMethod, document.authentication].flatMap((one) => (Array.isArray(one) ? one : []));
  const found = methods.filter(isObject).find(({ id }) => id === url || (typeof id === "string" && id.startsWith("#") && did + id === url));
  if (document.id !== did || !found) return null;
  if (isObject(found.publicKeyJwk)) return { jwk: found.publicKeyJwk };
  return typeof found.publicKeyMultibase === "string" ? { multikey: found.publicKeyMultibase } : null;
}
