// A certificate in parts (SD-JWT) as its holder chooses of it: what everybody sees, and what may be left out.
import { isObject, type Json } from "./json.ts";
import { day, plain, say, stamped } from "./page.ts";
import { TECHNICAL } from "./vault_present.ts";
import { chosen, parseSdJwt, withDisclosures, type SdJwt } from "./sd_jwt.ts";
import { labelOf, View } from "./vault_views.ts";

const FIRST = ["name", "native_name"]; // chosen unless the holder says otherwise: with no name nobody can tell whose it is
const MOST_SHOWN = 300; // characters of one value

export interface Part {
  path: (string | number)[];
  name: string;
  value: string;
}

export interface Parts {
  token: SdJwt;
  always: string[]; // names of what everybody sees
  parts: Part[];
}

// Returns null for a certificate of which nothing can be left out.
export function partsOf(text: string): Parts | null {
  if (!text.includes("~")) return null;
  const token = parseSdJwt(text);
  const paths = token.disclosures.map(({ path }) => path);
  const outer = paths.filter((path) => !paths.some((other) => other.length < path.length && other.every((step, place) => step === path[place])));
  if (!outer.length) return null;
  const whole = new Set(outer.flatMap((path) => (path.length === 1 ? [path[0]] : [])));
  const always = Object.keys(token.claims).filter((name) => !TECHNICAL.has(name) && !whole.has(name));
  const order = ({ path: [first] }: Part): number => (FIRST.includes(String(first)) ? FIRST.indexOf(String(first)) : FIRST.length);
  return { token, always: always.map(labelOf), parts: outer.map((path) => partAt(token, path)).toSorted((one, other) => order(one) - order(other)) };
}

function partAt({ claims }: SdJwt, path: (string | number)[]): Part {
  const value = path.reduce<Json>((found, step) => (isObject(found) ? (found[String(step)] ?? null) : Array.isArray(found) ? (found[Number(step)] ?? null) : null), claims);
  const name = path.map((step, depth) => (depth ? String(step) : labelOf(String(step)))).join(" › ");
  return { path, name, value: readable(String(path[0]), textOf(value)).slice(0, MOST_SHOWN) };
}

export interface Shown {
  text: string;
  claims: string[]; // their paths, never a value
  left: string[]; // names of what is left out
}

export function shownOf({ token, parts }: Parts, picked: Part[]): Shown {
  const text = withDisclosures(token, picked.length ? chosen(token, picked.map(({ path }) => path)) : []);
  return { text, claims: picked.map(({ path }) => path.join(".")), left: parts.filter((part) => !picked.includes(part)).map(({ name }) => name) };
}

// The choices, and what is chosen of them.
export function choices({ parts }: Parts): { rows: HTMLElement[]; picked: () => Part[] } {
  const made = parts.map((part, place) => {
    const row = new View(stamped("piece", "any-of") as HTMLElement);
    const input = row.find<HTMLInputElement>("input");
    [input.name, input.value, input.checked] = ["part", String(place), FIRST.includes(String(part.path[0]))];
    row.write("label", part.name);
    row.write("below", part.value);
    return { part, input, row: row.root };
  });
  return { rows: made.map(({ row }) => row), picked: () => made.filter(({ input }) => input.checked).map(({ part }) => part) };
}

export function readable(name: string, text: string): string {
  const hours = /^PT([0-9]{1,5})H$/.exec(text)?.[1];
  if (name === "volumeOfLearning" && hours) return say("hours", { n: hours });
  return /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text) && !Number.isNaN(Date.parse(text)) ? day(Date.parse(text)) : text;
}

export function textOf(value: Json): string {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(", ");
  if (!isObject(value)) return plain(String(value ?? ""));
  if (typeof value["@value"] === "string") return plain(value["@value"]);
  return value.name === undefined ? Object.values(value).map(textOf).filter(Boolean).join(", ") : textOf(value.name);
}
