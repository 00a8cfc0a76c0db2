// The values of slots: from a credential to bytes, and from bytes to what a template puts in place.
import { base58, base64url, fromBase58, fromBase64url, fromUtf8, joined, utf8, type Bytes } from "./bytes.ts";
import { at, canonical, isObject, type Json } from "./json.ts";
import { Reader, text, varint } from "./octets.ts";
import { MalformedValue, NotEncodable, UpdateNeeded } from "./problems.ts";
import type { Profile, Slot, Tables } from "./profiles.ts";
import { expand, type Values } from "./template.ts";

const MAX_LIST = 64;
const MAX_INLINE = 16 * 1024;
const EPOCH = Date.UTC(2000, 0, 1);
const DAY = 86_400_000;
const LAST_DAY = 0xffff;
const DID_KEY = "did:key:z";
// Slots that hold a did:key without what is the same in all: its multicodec, and how many bytes are left.
const KEYS: { [kind: string]: [Bytes, number] } = { didkey: [Uint8Array.of(0xed, 0x01), 32], p256key: [Uint8Array.of(0x80, 0x24), 33] };
const MIDNIGHT = "T00:00:00Z";

export function writeSlots(profile: Profile, document: Json, tables: Tables): Bytes {
  const parts: Bytes[] = [presence(profile, document)];
  const values: Values = {};
  for (const slot of profile.slots) {
    const found = at(document, slot.at);
    if (found === undefined && slot.optional) continue;
    const value = stripped(slot, found, values);
    parts.push(write(slot, value, tables));
    values[slot.name] = value as Json;
  }
  return joined(...parts);
}

function presence(profile: Profile, document: Json): Bytes {
  const bits = profile.slots.filter((slot) => slot.optional).map((slot) => at(document, slot.at) !== undefined);
  return bits.length ? varint(bits.reduce((sum, bit, position) => sum + (bit ? 2 ** position : 0), 0)) : new Uint8Array();
}

function stripped(slot: Slot, value: Json | undefined, values: Values): Json | undefined {
  const prefix = String(expand(slot.prefix, values));
  const suffix = String(expand(slot.suffix, values));
  if (!prefix && !suffix) return value;
  if (typeof value !== "string" || !value.startsWith(prefix) || !value.endsWith(suffix)) {
    throw new NotEncodable(`${slot.name} is not written as the profile expects`);
  }
  return value.slice(prefix.length, Math.max(value.length - suffix.length, prefix.length));
}

function write(slot: Slot, value: Json | undefined, tables: Tables): Bytes {
  if (slot.item) return writeList(slot.item, value, tables);
  if (slot.type === "row") {
    const number = tables.number(slot.table, value ?? null);
    return number ? varint(number) : joined(varint(0), inline(value ?? null));
  }
  if (typeof value !== "string") throw new NotEncodable(`${slot.name} is no text`);
  try {
    const raw = writeText(slot.type, value);
    if (readText(slot.type, new Reader(raw)) === value) return raw;
  } catch (error) {
    if (!(error instanceof MalformedValue)) throw error;
  }
  throw new NotEncodable(`${slot.name} is not of its type`);
}

function inline(value: Json): Bytes {
  const content = utf8(canonical({ "": value }));
  if (content.length > MAX_INLINE) throw new NotEncodable("a value is too long to stand in a code");
  return joined(varint(content.length), content);
}

function writeList(item: Profile, value: Json | undefined, tables: Tables): Bytes {
  if (!Array.isArray(value) || value.length > MAX_LIST) throw new NotEncodable("a list in the credential is none, or is too long");
  return joined(varint(value.length), ...value.map((entry) => writeSlots(item, entry, tables)));
}

function writeText(kind: string, value: string): Bytes {
  if (kind === "uint") return varint(wholeNumber(value));
  if (kind === "day" || kind === "date") return writeDay(value);
  const key = KEYS[kind];
  if (key) return withoutCodec(fromBase58(value.startsWith(DID_KEY) ? value.slice(DID_KEY.length) : value), key[0]);
  return kind === "bytes16" ? fromBase64url(value) : text(value);
}

function wholeNumber(value: string): number {
  if (!/^[0-9]{1,15}$/.test(value)) throw new MalformedValue("this is no number");
  return Number(value);
}

function writeDay(value: string): Bytes {
  const [, year, month, day] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T00:00:00Z)?$/.exec(value) ?? [];
  const days = (Date.UTC(Number(year), Number(month) - 1, Number(day)) - EPOCH) / DAY;
  if (!(days >= 0 && days <= LAST_DAY)) throw new MalformedValue("this is no day that a code holds");
  return Uint8Array.of(days >> 8, days & 0xff);
}

function withoutCodec(key: Bytes, multicodec: Bytes): Bytes {
  return key[0] === multicodec[0] && key[1] === multicodec[1] ? key.slice(2) : key;
}

export function readSlots(profile: Profile, reader: Reader, tables: Tables): Values {
  const optional = profile.slots.filter((slot) => slot.optional);
  const bits = optional.length ? reader.varint() : 0;
  if (bits >= 2 ** optional.length) throw new MalformedValue("the code has more in it than its profile");
  const absent = new Set(optional.filter((_, position) => Math.floor(bits / 2 ** position) % 2 === 0).map((slot) => slot.name));
  const values: Values = {};
  for (const slot of profile.slots) if (!absent.has(slot.name)) values[slot.name] = read(slot, reader, tables);
  return values;
}

function read(slot: Slot, reader: Reader, tables: Tables): Json {
  const { item } = slot;
  if (!item) return slot.type === "row" ? readRow(slot.table, reader, tables) : readText(slot.type, reader);
  const count = reader.varint();
  if (count > MAX_LIST) throw new MalformedValue("a list in the code is too long");
  return Array.from({ length: count }, () => expand(item.template, readSlots(item, reader, tables)));
}

function readRow(table: string, reader: Reader, tables: Tables): Json {
  const number = reader.varint();
  if (number === 0) return readInline(reader);
  const found = tables.row(table, number);
  if (found === undefined) throw new UpdateNeeded(`the code names row ${number} of ${table}, which is newer than these lists`);
  return structuredClone(found);
}

function readInline(reader: Reader): Json {
  const length = reader.varint();
  if (length > MAX_INLINE) throw new MalformedValue("a value in the code is longer than it may be");
  const content = fromUtf8(reader.take(length));
  let held: Json;
  try {
    held = JSON.parse(content) as Json;
  } catch {
    throw new MalformedValue("a value in the code is no JSON");
  }
  if (!isObject(held) || Object.keys(held).join() !== "" || !("" in held)) throw new MalformedValue("a value in the code is not held as it must be");
  return held[""] as Json;
}

function readText(kind: string, reader: Reader): string {
  if (kind === "uint") return String(reader.varint());
  if (kind === "day" || kind === "date") {
    const [high, low] = reader.take(2) as unknown as [number, number];
    const day = new Date(EPOCH + (high * 256 + low) * DAY).toISOString().slice(0, 10);
    return kind === "day" ? day + MIDNIGHT : day;
  }
  const key = KEYS[kind];
  if (key) return DID_KEY + base58(joined(key[0], reader.take(key[1])));
  return kind === "bytes16" ? base64url(reader.take(16)) : reader.text();
}
