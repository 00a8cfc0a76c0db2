// Raw DEFLATE with a preset dictionary, by the browser's own decompressor: the dictionary goes first as a stored block, and as many
// bytes are dropped from what comes out.
import { equal, joined, type Bytes } from "./bytes.ts";
import { MalformedValue } from "./problems.ts";
import { unpack } from "./unpack.ts";

const MAX_INFLATED = 64 * 1024;

export async function inflate(content: Bytes, dictionary: Bytes): Promise<Bytes> {
  const opened = await unpacked(content, dictionary);
  const last = content[content.length - 1] as number;
  for (let bit = 1; bit < 256; bit <<= 1) {
    // a bit that could as well be another would be a second spelling
    if (last & bit && (await isSame(joined(content.slice(0, -1), Uint8Array.of(last ^ bit)), dictionary, opened))) {
      throw new MalformedValue("the code is packed in another way than it must");
    }
  }
  return opened;
}

async function isSame(content: Bytes, dictionary: Bytes, opened: Bytes): Promise<boolean> {
  try {
    return equal(await unpacked(content, dictionary), opened);
  } catch {
    return false;
  }
}

async function unpacked(content: Bytes, dictionary: Bytes): Promise<Bytes> {
  try {
    return (await unpack([stored(dictionary), content], "deflate-raw", MAX_INFLATED + dictionary.length)).slice(dictionary.length);
  } catch {
    throw new MalformedValue("the code does not unpack to what it may hold");
  }
}

function stored(content: Bytes): Bytes {
  const { length } = content;
  const header = [0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff];
  return length ? joined(Uint8Array.from(header), content) : new Uint8Array();
}
