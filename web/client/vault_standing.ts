// How a certificate stands today, for the person it belongs to: checked on this device, from the partnership's lists that it keeps.
import type { Codec } from "./codec.ts";
import { digitsOf } from "./files.ts";
import { canonical, isObject, type JsonObject } from "./json.ts";
import type { Lists } from "./lists.ts";
import { kept, keptLists, refresh } from "./store.ts";
import { MalformedValue } from "./problems.ts";
import { SUITES } from "./proofs.ts";
import type { Recognition } from "./recognize.ts";
import { verdictOn, verdictOnDocument, type Verdict } from "./verdict.ts";

export type State = "valid" | "ended" | "not-yet" | "on-hold" | "withdrawn" | "replaced" | "unknown" | "not-genuine";

export interface Standing {
  state: State;
  asOf: number | null; // of when the list is that says whether it was withdrawn
}

const SAID: [string, State][] = [
  ["REVOKED", "withdrawn"],
  ["SUSPENDED", "on-hold"],
  ["EXPIRED", "ended"],
  ["NOT_YET_VALID", "not-yet"],
];

let lists: Promise<Lists | null> | null = null;

// The lists are asked for once for each visit; without internet those that were kept serve.
export function listsNow(): Promise<Lists | null> {
  const now = new Date();
  lists ??= (navigator.onLine ? refresh(now) : Promise.reject(new Error("offline"))).catch(() => keptLists(now).catch(() => null));
  return lists;
}

// What was decided a moment ago is judged by lists that are asked for again.
export function listsAnew(): void {
  lists = null;
}

// A code holds one of the proofs that the certificate has; what is signed is the same.
function wordsOf({ proof: _, ...words }: JsonObject): string {
  return canonical(words);
}

// A certificate that is bound to a key, or has more in it than a code holds, is looked at as it is: by the first proof that is read here.
async function verdictOf(document: JsonObject, found: Lists, codec: Codec, state = "", papers: JsonObject[] = []): Promise<Verdict> {
  const digits = await digitsOf(document, codec).catch(() => null);
  if (digits) return verdictOn(digits, found, kept, state, new Date(), papers);
  const proofs = (Array.isArray(document.proof) ? document.proof : [document.proof ?? null]).filter(isObject);
  const proof = proofs.find(({ cryptosuite }) => String(cryptosuite) in SUITES);
  if (!proof || !isObject(document.issuer)) throw new MalformedValue("no proof of it is read here");
  return verdictOnDocument({ ...document, proof }, found, kept, state, new Date(), papers);
}

export async function standingOf(document: JsonObject): Promise<Standing> {
  const found = await listsNow();
  if (!found?.codec) return { state: "unknown", asOf: null };
  try {
    const verdict = await verdictOf(document, found, found.codec);
    if (verdict.verdict === "forged") return { state: "not-genuine", asOf: null };
    if (!verdict.document || wordsOf(verdict.document) !== wordsOf(document)) return { state: "unknown", asOf: null };
    const codes = verdict.recognition.reasons.map(({ code }) => code);
    const said = SAID.find(([code]) => codes.includes(code));
    const state = said ? (verdict.replaced && said[1] === "withdrawn" ? "replaced" : said[1]) : verdict.answers.current === "yes" ? "valid" : "unknown";
    return { state, asOf: verdict.asOf ?? null };
  } catch {
    return { state: "unknown", asOf: null }; // of a form that no code holds: the page that checks with internet knows more
  }
}

// What a state says of a certificate, with what states decided on it; null where it is of a form that is not read here.
export async function worthIn(document: JsonObject, found: Lists, state: string, papers: JsonObject[]): Promise<Recognition | null> {
  if (!found.codec) return null;
  const verdict = await verdictOf(document, found, found.codec, state, papers).catch(() => null);
  const isSame = verdict?.document && wordsOf(verdict.document) === wordsOf(document);
  return verdict && (isSame || !verdict.document) ? verdict.recognition : null;
}
