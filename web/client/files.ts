// Certificates in files: their own JSON, or attached to a PDF. Nothing of a PDF is drawn or run; only its attachments are unpacked.
import { toDigits } from "./armour.ts";
import { fromUtf8, type Bytes } from "./bytes.ts";
import type { Codec } from "./codec.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { unpack } from "./unpack.ts";

export const MAX_FILE = 10 * 1024 * 1024;
const MAX_DOCUMENT = 1024 * 1024;
const MAX_ATTACHMENTS = 5;
const FAR = 1000; // characters of an attachment's dictionary, before and after its type

// Returns the documents in a file that is no picture; null for a picture.
export async function documentsIn(file: Blob): Promise<JsonObject[] | null> {
  const head = await file.slice(0, 1024).text();
  if (!head.includes("%PDF-") && !/^\s*\{/.test(head)) return null;
  if (file.size > MAX_FILE) throw new MalformedValue("the file is larger than we read");
  const content = new Uint8Array(await file.arrayBuffer()) as Bytes;
  const found = head.includes("%PDF-") ? await attachments(content) : [content];
  return found.flatMap(parsed);
}

// Returns the digits of the code that would hold a document: so it is of a form that we know, and is read like any code.
export async function digitsOf(document: JsonObject, codec: Codec): Promise<string> {
  return toDigits(await codec.encode(document));
}

function parsed(content: Bytes): JsonObject[] {
  try {
    const document = JSON.parse(fromUtf8(content)) as Json;
    return isObject(document) ? [document] : [];
  } catch {
    return [];
  }
}

async function attachments(content: Bytes): Promise<Bytes[]> {
  const text = new TextDecoder("latin1").decode(content); // a character for each byte
  const found: Bytes[] = [];
  for (let at = text.indexOf("/EmbeddedFile"); at >= 0 && found.length < MAX_ATTACHMENTS; at = text.indexOf("/EmbeddedFile", at + 1)) {
    const before = text.slice(Math.max(at - FAR, 0), at);
    const after = text.slice(at, at + FAR);
    const end = after.indexOf("stream");
    const begin = before.lastIndexOf(" obj");
    const dictionary = before.slice(begin) + after.slice(0, end);
    if (begin < 0 || end < 0 || !/\/Type\s*\/EmbeddedFile\b/.test(dictionary)) continue;
    const packed = streamAt(content, text, at + end, dictionary);
    if (packed) found.push(...(await opened(packed, dictionary)));
  }
  return found;
}

function streamAt(content: Bytes, text: string, keyword: number, dictionary: string): Bytes | null {
  const start = keyword + (text.startsWith("stream\r\n", keyword) ? 8 : 7);
  const named = /\/Length\s+([0-9]{1,9})(?![0-9]|\s+[0-9]+\s+R)/.exec(dictionary)?.[1];
  const length = named === undefined ? lengthTo(text.indexOf("endstream", start), start, text) : Number(named);
  return length > 0 && start + length <= content.length ? content.slice(start, start + length) : null;
}

// Before `endstream` stands the end of a line, which is none of the stream's.
function lengthTo(end: number, start: number, text: string): number {
  const line = text.slice(Math.max(end - 2, start), end);
  return end - start - (line === "\r\n" ? 2 : /[\r\n]$/.test(line) ? 1 : 0);
}

async function opened(packed: Bytes, dictionary: string): Promise<Bytes[]> {
  if (!dictionary.includes("/Filter")) return packed.length <= MAX_DOCUMENT ? [packed] : [];
  if (!/\/Filter\s*\[?\s*\/FlateDecode\b/.test(dictionary)) return [];
  try {
    return [await unpack([packed], "deflate", MAX_DOCUMENT)];
  } catch {
    return [];
  }
}
