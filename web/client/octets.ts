// Reading and writing the payload, strictly: one spelling for each value, nothing left over.
import { fromUtf8, joined, utf8, type Bytes } from "./bytes.ts";
import { MalformedValue } from "./problems.ts";

const MAX_TEXT = 512;
const MAX_VARINT_BYTES = 5;

export function varint(number: number): Bytes {
  const groups: number[] = [];
  for (; number > 0x7f; number = Math.floor(number / 128)) groups.push((number % 128) | 0x80);
  return Uint8Array.of(...groups, number);
}

export function text(value: string): Bytes {
  const content = utf8(value);
  return joined(varint(content.length), content);
}

export class Reader {
  readonly content: Bytes;
  #at = 0;

  constructor(content: Bytes) {
    this.content = content;
  }

  take(count: number): Bytes {
    const found = this.content.slice(this.#at, this.#at + count);
    if (found.length < count) throw new MalformedValue("the code ends too early");
    this.#at += count;
    return found;
  }

  rest(): Bytes {
    return this.content.slice(this.#at);
  }

  varint(): number {
    let number = 0;
    for (let position = 0; position < MAX_VARINT_BYTES; position++) {
      const byte = this.take(1)[0] as number;
      number += (byte & 0x7f) * 2 ** (7 * position);
      if (byte < 0x80) {
        if (position && !byte) break;
        return number;
      }
    }
    throw new MalformedValue("a number in the code is not spelt as it must be");
  }

  text(): string {
    const length = this.varint();
    if (length > MAX_TEXT) throw new MalformedValue("a text in the code is longer than it may be");
    return fromUtf8(this.take(length));
  }

  end(): void {
    if (this.#at !== this.content.length) throw new MalformedValue("the code has more in it than it may have");
  }
}
