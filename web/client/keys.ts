// Public keys as the lists spell them (Multikey), and what verifies with them: WebCrypto where it can, @noble/curves elsewhere.
import { fromBase58, fromHex, joined, toNumber, type Bytes } from "./bytes.ts";
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
  const point = wholePoint(key.raw);
  if (!point) return false;
  const imported = await crypto.subtle.importKey("raw", point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, signature, data);
}

// The field of P-256 and the curve's b (FIPS 186-4 D.1.2.3): y² = x³ - 3x + b.
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

// Returns both coordinates of a compressed point, which is what WebCrypto takes; undefined where no point of the curve is so.
function wholePoint(compressed: Bytes): Bytes | undefined {
  const x = toNumber(compressed.slice(1));
  const square = (((x * x * x - 3n * x + B) % P) + P) % P;
  const root = power(square, (P + 1n) / 4n);
  if (x >= P || (root * root) % P !== square || (compressed[0] !== 2 && compressed[0] !== 3)) return undefined;
  const y = root % 2n === BigInt(compressed[0] & 1) ? root : P - root;
  return joined(Uint8Array.of(4), ...[x, y].map((number) => fromHex(number.toString(16).padStart(64, "0"))));
}

function power(base: bigint, exponent: bigint): bigint {
  let product = 1n;
  for (let factor = base; exponent; factor = (factor * factor) % P, exponent >>= 1n) if (exponent & 1n) product = (product * factor) % P;
  return product;
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
