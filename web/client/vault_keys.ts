// The keys of a vault. The vault key is 32 random bytes that never leave the holder's devices unwrapped; every other key is one step
// of HKDF-SHA-256 from it. A sealed thing is a 12-byte random nonce, then AES-256-GCM's ciphertext and tag.
import { base64url, fromUtf8, joined, utf8, type Bytes } from "./bytes.ts";
import type { JsonObject } from "./json.ts";

const NONCE = 12;
const BLOCK = 256; // sealed records are padded to a multiple of it, so that their lengths tell less
const SYMBOLS = "abcdefghijklmnopqrstuvwxyz234567";

export interface Vault {
  id: string; // 32 hexadecimal digits
  key: Bytes;
}

export function random(count: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(count));
}

// Returns a fresh number of a record or a way: 26 letters and digits.
export function newName(): string {
  return Array.from(random(26), (byte) => SYMBOLS[byte & 31]).join("");
}

export async function derived(secret: Bytes, use: string): Promise<Bytes> {
  const root = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: utf8(use) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, root, 256));
}

export function sealingKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function sealWith(key: CryptoKey, plain: Bytes, bound: string): Promise<Bytes> {
  const iv = random(NONCE);
  return joined(iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(bound) }, key, plain)));
}

// Raises an OperationError when the key is another's, or the bytes were changed.
export async function openWith(key: CryptoKey, sealed: Bytes, bound: string): Promise<Bytes> {
  const how = { name: "AES-GCM", iv: sealed.slice(0, NONCE), additionalData: utf8(bound) };
  return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed.slice(NONCE)));
}

export function newVault(): Vault {
  return { id: [...random(16)].map((byte) => byte.toString(16).padStart(2, "0")).join(""), key: random(32) };
}

// Returns what the server knows the vault's owner by.
export async function accessOf({ id, key }: Vault): Promise<string> {
  return `${id}.${base64url(await derived(key, "comity vault access v1"))}`;
}

async function recordKey(vault: Vault, record: string): Promise<CryptoKey> {
  return sealingKey(await derived(vault.key, `comity vault record v1 ${record}`));
}

function bound(vault: Vault, record: string, version: number): string {
  return `comity vault v1\n${vault.id}\n${record}\n${version}`;
}

export async function sealRecord(vault: Vault, record: string, version: number, content: JsonObject): Promise<Bytes> {
  const plain = utf8(JSON.stringify(content));
  const padding = new Uint8Array(-plain.length & (BLOCK - 1)).fill(32);
  return sealWith(await recordKey(vault, record), joined(plain, padding), bound(vault, record, version));
}

export async function openRecord(vault: Vault, record: string, version: number, sealed: Bytes): Promise<JsonObject> {
  return JSON.parse(fromUtf8(await openWith(await recordKey(vault, record), sealed, bound(vault, record, version)))) as JsonObject;
}
