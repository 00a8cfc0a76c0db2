// Profiles and tables: the data that says how a credential is written into a symbol. Both come from the signed lists.
import { utf8, type Bytes } from "./bytes.ts";
import { canonical, isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";

const TYPES = new Set(["uint", "day", "date", "text", "didkey", "p256key", "row", "list", "bytes16"]);
const MAX_SLOTS = 32;
const MAX_DICTIONARY = 32 * 1024;

export interface Slot {
  name: string;
  type: string;
  at: string;
  table: string;
  prefix: Json;
  suffix: Json;
  optional: boolean;
  item: Profile | null;
}

export interface Profile {
  number: number;
  slots: Slot[];
  template: Json;
  deflate: boolean;
  dictionary: Bytes;
}

export class Tables {
  readonly #rows: Map<string, Json[]>;
  readonly #numbers = new Map<string, number>();

  constructor(tables: JsonObject) {
    this.#rows = new Map(Object.entries(tables) as [string, Json[]][]);
    for (const [name, rows] of this.#rows) {
      for (let number = rows.length; number > 0; number--) this.#numbers.set(named(name, rows[number - 1] as Json), number);
    }
  }

  row(table: string, number: number): Json | undefined {
    return this.#rows.get(table)?.[number - 1];
  }

  number(table: string, value: Json): number {
    return this.#numbers.get(named(table, value)) ?? 0;
  }
}

function named(table: string, value: Json): string {
  return `${table} ${canonical(value)}`;
}

export function parseProfile(record: Json, nesting = 0): Profile {
  if (!isObject(record) || !Array.isArray(record.slots) || !("template" in record)) throw malformed();
  const slots = record.slots.map((slot) => parseSlot(slot, nesting));
  const dictionary = utf8(String(record.dictionary ?? ""));
  const number = record.number ?? 0;
  if (slots.length > MAX_SLOTS || new Set(slots.map((slot) => slot.name)).size !== slots.length) throw malformed();
  if (dictionary.length > MAX_DICTIONARY || typeof number !== "number") throw malformed();
  return { number, slots, template: record.template as Json, deflate: record.deflate === true, dictionary };
}

function parseSlot(record: Json, nesting: number): Slot {
  if (!isObject(record)) throw malformed();
  const { name, type, at } = record;
  if (typeof name !== "string" || typeof type !== "string" || typeof at !== "string") throw malformed();
  if (!TYPES.has(type) || (type === "list" && nesting) || (type === "row" && typeof record.table !== "string")) throw malformed();
  return {
    name,
    type,
    at,
    table: type === "row" ? String(record.table) : "",
    prefix: record.prefix ?? "",
    suffix: record.suffix ?? "",
    optional: record.optional === true,
    item: type === "list" ? parseProfile(record.item ?? null, nesting + 1) : null,
  };
}

function malformed(): MalformedValue {
  return new MalformedValue("a profile is not of the form that it must have");
}
