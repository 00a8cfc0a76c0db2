// Compares a passport with the one that the centre saw (`credentials/passports.py`): in this browser, from what the certificate says.
import { base64url, utf8, type Bytes } from "./bytes.ts";
import { object } from "./claims.ts";
import type { JsonObject } from "./json.ts";

const ROUNDS = 600_000;
const PREFIX = "pbkdf2$";
const BITS = 128;

// Returns whether a passport is the one; undefined where the certificate names none.
export async function isSeen(mark: string, document: JsonObject): Promise<boolean | undefined> {
  const entries = object(document.credentialSubject).identifier;
  const found = Array.isArray(entries) ? entries.map(object).find(({ identityType }) => identityType === "ext:passportCommitment") : undefined;
  if (!found || found.salt !== document.id) return undefined;
  return found.identityHash === PREFIX + base64url(await stretched(mark, String(document.id)));
}

async function stretched(mark: string, salt: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", utf8(mark), "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: utf8(salt), iterations: ROUNDS }, key, BITS));
}
