// Bytes as decimal digits: QR's numeric mode survives every reader, and a URL fragment.
import { fromNumber, joined, toNumber, type Bytes } from "./bytes.ts";
import { MalformedValue } from "./problems.ts";

const MAX_DIGITS = 3000;

export function toDigits(payload: Uint8Array): string {
  const digits = toNumber(joined(Uint8Array.of(1), payload)).toString();
  if (digits.length > MAX_DIGITS) throw new MalformedValue("the payload is longer than a code holds");
  return digits;
}

export function fromDigits(digits: string): Bytes {
  const content = /^[1-9][0-9]{0,2999}$/.test(digits) ? fromNumber(BigInt(digits)) : new Uint8Array();
  if (content[0] !== 1) throw new MalformedValue("this is no code of a certificate");
  return content.slice(1);
}
