// The recovery card's code: 128 bits as eight words of five letters, and a ninth that shows a slip of the pen. The words are of no
// language and can be said aloud: a consonant for four bits, a vowel for two (https://arxiv.org/html/0901.4016).
import { joined, utf8, type Bytes } from "./bytes.ts";
import { MalformedValue } from "./problems.ts";

const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aiou";
const WORDS = 9;

export const CODE_BYTES = 16;

async function check(code: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(utf8("comity recovery card v1"), code))).slice(0, 2);
}

function word(high: number, low: number): string {
  const bits = (high << 8) | low;
  return [12, 10, 6, 4, 0].map((place, index) => (index % 2 ? VOWELS[(bits >> place) & 3] : CONSONANTS[(bits >> place) & 15])).join("");
}

export async function toWords(code: Bytes): Promise<string[]> {
  const whole = joined(code, await check(code));
  return Array.from({ length: WORDS }, (_, place) => word(whole[2 * place] as number, whole[2 * place + 1] as number));
}

// Reads what was typed: capitals, spaces, line ends, hyphens and numbers of lines do not count.
export async function fromWords(text: string): Promise<Bytes> {
  const letters = text.toLowerCase().replace(/[^a-z]/g, "");
  if (letters.length !== WORDS * 5) throw new MalformedValue("a recovery card has nine words of five letters");
  const bytes: number[] = [];
  for (let start = 0; start < letters.length; start += 5) bytes.push(...bitsOf(letters.slice(start, start + 5)));
  const [code, last] = [Uint8Array.from(bytes.slice(0, CODE_BYTES)), bytes.slice(CODE_BYTES)];
  const expected = await check(code);
  if (expected[0] !== last[0] || expected[1] !== last[1]) throw new MalformedValue("one of the words is not as on the card");
  return code;
}

function bitsOf(letters: string): [number, number] {
  let bits = 0;
  for (const [index, letter] of [...letters].entries()) {
    const found = (index % 2 ? VOWELS : CONSONANTS).indexOf(letter);
    if (found < 0) throw new MalformedValue("one of the words is not as on the card");
    bits = (bits << (index % 2 ? 2 : 4)) | found;
  }
  return [bits >> 8, bits & 255];
}
