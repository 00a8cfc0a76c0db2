// JSON values, and their one spelling (JCS, RFC 8785).
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort(); // by UTF-16 code units, as RFC 8785 asks
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json)}`).join(",")}}`;
}

export function at(document: Json, pointer: string): Json | undefined {
  let found: Json | undefined = document;
  for (const name of pointer.split("/").slice(1)) {
    if (Array.isArray(found)) found = /^[0-9]+$/.test(name) ? found[Number(name)] : undefined;
    else found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found ?? undefined;
}
