// A question to the person's phone, and its answer, from screen to camera: whoever answers holds the key that the certificate names.
//   question = C2 ‖ nonce (16) ‖ mark of the certificate (16) ‖ mark of the key (8)
//   answer   = C3 ‖ signature (64) by that key over "comity holder answer 1\n" ‖ question
// Both are digits, the question behind the address of the page that answers. A question is asked once.
import { fromDigits, toDigits } from "./armour.ts";
import { equal, joined, sha256, utf8, type Bytes } from "./bytes.ts";
import { object } from "./claims.ts";
import { canonical, type JsonObject } from "./json.ts";
import { parseMultikey, verifies } from "./keys.ts";
import { MalformedValue } from "./problems.ts";

const ASKS = 0xc2;
const ANSWERS = 0xc3;
const QUESTION_BYTES = 41;
const ANSWER_BYTES = 65;
const PREFIX = utf8("comity holder answer 1\n");
const DID_KEY = "did:key:";
const ANSWER = /^([1-9][0-9]{150,180})$/;
const QUESTION = /^(?:https?:\/\/[a-z0-9.:-]{1,64}\/wallet\/key)?#?([1-9][0-9]{90,110})$/i;

// Returns the DID of the key that a certificate names for its holder, if it names one that can be asked.
export function holderOf(document: JsonObject): string | undefined {
  const { id } = object(document.credentialSubject);
  return typeof id === "string" && id.startsWith(DID_KEY) ? id : undefined;
}

export function question(document: JsonObject, nonce: Bytes): Bytes {
  const { proof: _, ...words } = document;
  const holder = holderOf(document);
  if (!holder || nonce.length !== 16) throw new MalformedValue("there is no key to ask");
  return joined(Uint8Array.of(ASKS), nonce, sha256(utf8(canonical(words))).slice(0, 16), markOf(holder));
}

export const questionDigits = (asked: Bytes): string => toDigits(asked);

// Returns the question that a text is; undefined for another text.
export function questionIn(text: string): Bytes | undefined {
  return bytesIn(QUESTION.exec(text)?.[1], ASKS, QUESTION_BYTES);
}

export function isFor(asked: Bytes, did: string): boolean {
  return equal(asked.slice(33), markOf(did));
}

export function signed(asked: Bytes): Bytes {
  return joined(PREFIX, asked);
}

export function answerDigits(signature: Bytes): string {
  return toDigits(joined(Uint8Array.of(ANSWERS), signature));
}

// Returns the signature that an answer is; undefined for a text that is none.
export function answerIn(text: string): Bytes | undefined {
  return bytesIn(ANSWER.exec(text)?.[1], ANSWERS, ANSWER_BYTES)?.slice(1);
}

export async function answers(asked: Bytes, signature: Bytes, did: string): Promise<boolean> {
  return isFor(asked, did) && (await verifies(parseMultikey(did.slice(DID_KEY.length)), signature, signed(asked)));
}

function markOf(did: string): Bytes {
  return sha256(utf8(did)).slice(0, 8);
}

function bytesIn(digits: string | undefined, first: number, length: number): Bytes | undefined {
  if (!digits) return undefined;
  try {
    const content = fromDigits(digits);
    return content[0] === first && content.length === length ? content : undefined;
  } catch {
    return undefined;
  }
}
