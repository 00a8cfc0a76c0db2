// The copies of a certificate: when all were shown, and what may take their place: what says the same, letter for letter.
import { canonical, isObject, type Json, type JsonObject } from "./json.ts";
import { holdingsOf, type Copy } from "./vault_holdings.ts";
import type { Taken } from "./vault_issuance.ts";
import type { Entry } from "./vault_sync.ts";

const DAY = 86_400_000;
const OF_A_COPY = ["_sd", "_sd_alg", "iat", "nbf", "cnf", "status", "sub", "proof", "credentialStatus", "jti"];

// Whether every copy of a record was shown, and its issuer may be asked for others now.
export function isUsedUp({ content }: Entry, now: number): boolean {
  const { kind, tie, copies, shows, asked } = content;
  const count = 1 + (Array.isArray(copies) ? copies.length : 0);
  return kind === "credential" && isObject(tie) && Number(shows ?? 0) >= count && Number(asked ?? 0) + DAY < now;
}

// What a record is changed to; null where what came is not the same certificate, or not bound to the new keys.
export function freshContent(entry: Entry, { copies, keys, tie }: Taken): JsonObject | null {
  const changes: JsonObject = { credential: copies[0] as string, copies: copies.slice(1), keys: keys as unknown as Json, tie: tie as unknown as Json, shows: 0 };
  const [before] = holdingsOf([entry]);
  const [after] = holdingsOf([{ ...entry, content: { ...entry.content, ...changes } }]);
  const words = before?.copies[0] && wordsOf(before.copies[0]);
  return words && after?.copies.length === copies.length && after.copies.every((copy) => wordsOf(copy) === words) ? changes : null;
}

// What a copy says, without what is its own: its key, its place in lists, its day and its number.
function wordsOf({ format, types, token }: Copy): string {
  const { credentialSubject: subject, ...claims } = token.claims;
  const said = Object.fromEntries(Object.entries(claims).filter(([name]) => !OF_A_COPY.includes(name)));
  const { id: _, ...about } = isObject(subject) ? subject : {};
  return canonical({ format, types, said, about });
}
