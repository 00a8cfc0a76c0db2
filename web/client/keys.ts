// Public keys as the lists spell them (Multikey), and what verifies with them: WebCrypto where it can, @noble/curves elsewhere.
import { fromBase58, type Bytes } from "./bytes.ts";
import { MalformedValue } from "./problems.ts";

export interface PublicKey {
  algorithm: "Ed25519" | "ES256";
  raw: Bytes;
}

const CODECS: [PublicKey["algorithm"], number, number, number][] = [
  ["Ed25519", 0xed, 0x01, 32],
  ["ES256", 0x80, 0x24, 33],
];

export function parseMultikey(text: string): PublicKey {
  const content = text.startsWith("z") ? fromBase58(text.slice(1)) : new Uint8Array();
  for (const [algorithm, first, second, length] of CODECS) {
    if (content[0] === first && content[1] === second && content.length === length + 2) return { algorithm, raw: content.slice(2) };
  }
  throw new MalformedValue("this is no key that we know");
}

export async function verifies(key: PublicKey, signature: Bytes, data: Bytes): Promise<boolean> {
  if (signature.length !== 64) return false;
  if (key.algorithm === "Ed25519") return (await byWebCrypto(key.raw, signature, data)) ?? (await byNoble(key.raw, signature, data));
  const { p256 } = await import("@noble/curves/nist.js");
  return quietly(() => p256.verify(signature, data, key.raw, { lowS: false }));
}

// Returns undefined where this browser's WebCrypto has no Ed25519.
async function byWebCrypto(raw: Bytes, signature: Bytes, data: Bytes): Promise<boolean | undefined> {
  try {
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, data);
  } catch {
    return undefined;
  }
}

export async function byNoble(raw: Bytes, signature: Bytes, data: Bytes): Promise<boolean> {
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  return quietly(() => ed25519.verify(signature, data, raw, { zip215: false }));
}

function quietly(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
