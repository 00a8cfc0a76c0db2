// Templates: JSON in which some objects stand for values.
//   {"$": "issuer.id"}  {"$join": [part, …]}  {"$if": "slot", "then": part}  {"$id": [issuer, list, index]}
import { hex, sha256, utf8 } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";

const MAX_DEPTH = 16;
const LEFT_OUT = Symbol("left out");
export type Values = { [slot: string]: Json };

export function expand(template: Json, values: Values): Json {
  const expanded = expandPart(template, values, 0);
  if (expanded === LEFT_OUT) throw new MalformedValue("a template writes nothing");
  return expanded as Json;
}

function expandPart(part: Json, values: Values, depth: number): Json | typeof LEFT_OUT {
  if (depth > MAX_DEPTH) throw new MalformedValue("a template nests too deep");
  if (Array.isArray(part)) return part.map((item) => expandPart(item, values, depth + 1) as Json);
  if (!isObject(part)) return part;
  if ("$" in part) return lookUp(String(part.$), values);
  if ("$if" in part) return (values[String(part.$if)] ?? null) === null ? LEFT_OUT : expandPart(part.then as Json, values, depth + 1);
  if ("$join" in part) return texts(part.$join, values, depth).join("");
  if ("$id" in part) return credentialId(texts(part.$id, values, depth));
  const members: [string, Json][] = [];
  for (const [name, item] of Object.entries(part)) {
    const value = expandPart(item, values, depth + 1);
    if (value !== LEFT_OUT) members.push([name, value as Json]);
  }
  return Object.fromEntries(members);
}

function texts(parts: Json | undefined, values: Values, depth: number): string[] {
  return (parts as Json[]).map((part) => asText(expandPart(part, values, depth + 1)));
}

function asText(value: unknown): string {
  if (typeof value === "string" || Number.isSafeInteger(value)) return String(value);
  throw new MalformedValue("a template joins something that is no text");
}

function lookUp(path: string, values: Values): Json {
  let found: Json | undefined = values;
  for (const name of path.split(".")) found = isObject(found) && Object.hasOwn(found, name) ? (found as JsonObject)[name] : undefined;
  if (found === undefined || found === null) throw new MalformedValue(`a template names ${path}, which is not there`);
  return found;
}

// The id that follows from where a credential's status stands: a UUID of version 8 from the first 16 bytes of SHA-256.
function credentialId(parts: string[]): string {
  const [issuer, stem, index] = parts;
  const digest = sha256(utf8(`${issuer}\n${stem}\n${Number(index)}`)).slice(0, 16);
  digest[6] = ((digest[6] as number) & 0x0f) | 0x80;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  const text = hex(digest);
  return `urn:uuid:${[text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-")}`;
}
