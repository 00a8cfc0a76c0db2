// Whether a credential is between its days.
import type { Verified } from "./claims.ts";
import type { Json, JsonObject } from "./json.ts";

export function validity(document: JsonObject, now: number): Verified["checks"][string] {
  const bound = (value: Json | undefined, none: number): number => (typeof value === "string" ? Date.parse(value) : none);
  if (now < bound(document.validFrom, -Infinity)) return { outcome: "failed", code: "NOT_YET_VALID" };
  return now > bound(document.validUntil, Infinity) ? { outcome: "failed", code: "EXPIRED" } : { outcome: "passed" };
}
