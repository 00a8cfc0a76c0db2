// Bytes and their spellings.
import { sha256 as hash } from "@noble/hashes/sha2.js";
import { MalformedValue } from "./problems.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

export function fromUtf8(content: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new MalformedValue("a text in the code is not UTF-8");
  }
}

export function joined(...parts: Uint8Array[]): Bytes {
  const content = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    content.set(part, place);
    place += part.length;
  }
  return content;
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

export function sha256(content: Uint8Array): Bytes {
  return hash(content) as Bytes;
}

export function hex(content: Uint8Array): string {
  return [...content].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/i.test(text)) throw new MalformedValue("this is no hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toNumber(content: Uint8Array): bigint {
  return content.length ? BigInt(`0x${hex(content)}`) : 0n;
}

export function fromNumber(number: bigint): Bytes {
  const digits = number.toString(16);
  return number ? fromHex(digits.padStart(digits.length + (digits.length % 2), "0")) : new Uint8Array();
}

export function base58(content: Uint8Array): string {
  let text = "";
  for (let number = toNumber(content); number; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  const zeros = content.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros < 0 ? content.length : zeros) + text;
}

export function fromBase58(text: string): Bytes {
  let number = 0n;
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new MalformedValue("this is no base58");
    number = number * 58n + BigInt(digit);
  }
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  return joined(new Uint8Array(zeros), fromNumber(number));
}

export function base64url(content: Uint8Array): string {
  const text = btoa(Array.from(content, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function fromBase64url(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new MalformedValue("this is no base64url");
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
