// Receipts: what was answered, when, and by which lists, signed by a key that does not leave this device. They hold nothing of the
// certificates but the hashes of their words, and are kept here until somebody removes them.
import { base58, base64url, fromBase64url, fromUtf8, joined, utf8, type Bytes } from "./bytes.ts";
import { get, names, put, remove } from "./database.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseMultikey, verifies } from "./keys.ts";
import type { Lists } from "./lists.ts";
import type { Verdict } from "./verdict.ts";

const TYPE = "comity-receipt+jwt";
const KEY = "receipt-key";
const KEPT = "receipt ";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const HASH = { name: "ECDSA", hash: "SHA-256" };

export interface Receipt {
  name: string;
  text: string;
}

export async function keepReceipt({ verdict, answers, state, marks: [certificate, ...beside], compared }: Verdict, lists: Lists, now: Date): Promise<Receipt> {
  const key = await ownKey();
  const claims = {
    iat: Math.floor(now.getTime() / 1000),
    verdict,
    state: state || null,
    answers,
    lists: { version: lists.version, published: lists.published.toISOString(), hash: lists.hash },
    certificate: certificate as string,
    beside,
    compared,
    key: await spelt(key.publicKey),
  };
  const input = [{ alg: "ES256", typ: TYPE }, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
  const signature = new Uint8Array(await crypto.subtle.sign(HASH, key.privateKey, utf8(input)));
  const receipt = { name: `${KEPT}${now.toISOString()}`, text: `${input}.${base64url(signature)}` };
  await put([[receipt.name, receipt.text]]);
  return receipt;
}

export async function keptReceipts(): Promise<Receipt[]> {
  const found = await names(KEPT);
  return Promise.all(found.reverse().map(async (name) => ({ name, text: (await get<string>(name)) ?? "" })));
}

export async function forget({ name }: Receipt): Promise<void> {
  await remove(name);
}

export function isReceipt(text: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text) && text.length < 8192;
}

// Returns what a receipt says, or null where it was changed. One of another device is not told from a changed one.
export async function readReceipt(text: string): Promise<JsonObject | null> {
  const [head, body, signature] = text.split(".") as [string, string, string];
  try {
    const header = JSON.parse(fromUtf8(fromBase64url(head))) as JsonObject;
    const claims = JSON.parse(fromUtf8(fromBase64url(body))) as { [name: string]: Json };
    const own = await spelt((await ownKey()).publicKey);
    if (header.typ !== TYPE || header.alg !== "ES256" || claims.key !== own) return null;
    return (await verifies(parseMultikey(own), fromBase64url(signature), utf8(`${head}.${body}`))) ? claims : null;
  } catch {
    return null;
  }
}

async function ownKey(): Promise<CryptoKeyPair> {
  const found = await get<CryptoKeyPair>(KEY);
  if (found) return found;
  const made = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  await put([[KEY, made]]);
  return made;
}

// A Multikey of P-256: the point compressed.
async function spelt(key: CryptoKey): Promise<string> {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", key)) as Bytes;
  const parity = (raw[64] as number) & 1;
  return `z${base58(joined(Uint8Array.of(0x80, 0x24, 2 + parity), raw.slice(1, 33)))}`;
}
