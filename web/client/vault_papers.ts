// The certificates of a vault: take one in, by a claim link, from a file, or from this browser's simple wallet.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { Unreachable } from "./vault_api.ts";
import type { Key } from "./jws.ts";
import { faceOf, type Face } from "./vault_face.ts";
import type { Event, Taken } from "./vault_issuance.ts";
import { courierOf, withoutSession } from "./vault_relay.ts";
import type { Session } from "./vault_session.ts";
import type { Standing } from "./vault_standing.ts";
import type { Entry } from "./vault_sync.ts";
import type { Seen } from "./vault_issuers.ts";

const LARGEST = 180_000; // characters of a certificate

export interface Paper {
  id: string; // of its record; empty while it is only offered
  text: string; // as it was received, letter for letter
  claim: string;
  kept: string;
  note: string;
  beside: string; // the record that another device changed meanwhile, if any
  waits: boolean;
  taken?: Taken; // what an offer gave beside the first copy
  seen?: Seen; // how its issuer is asked, where no list knows it
  settled?: (event: Event) => Promise<void>; // what became of what an offer gave
}

export interface Shown {
  standing: Standing;
  face: Face | null; // a forged name is never shown
}

// Whether it is a certificate as a signed token (SD-JWT VC, JWT) or a mobile document, which is no JSON.
export const isToken = (text: string): boolean => /^[\w-]+(\.[\w-]+\.[\w-]+(~|$)|$)/.test(text);

const UNREAD: Shown = { standing: { state: "unknown", asOf: null }, face: null };

export async function papersOf(session: Session): Promise<Paper[]> {
  const entries = (await session.records.all()).filter(({ content }) => content.kind === "credential");
  return entries.map(paperOf).sort((one, other) => other.kept.localeCompare(one.kept) || one.id.localeCompare(other.id));
}

export async function paperWith(session: Session, id: string): Promise<Paper | null> {
  const entry = await session.records.get(id);
  return entry?.content.kind === "credential" ? { ...paperOf(entry), seen: { courier: courierOf(session), key: keyOf(entry) } } : null;
}

function keyOf({ content }: Entry): Key | null {
  return isObject(content.issuerKey) ? (content.issuerKey as unknown as Key) : null;
}

// Its issuer is asked nothing: for that, `paperWith`.
function paperOf(entry: Entry): Paper {
  const { id, content, waits } = entry;
  const text = (name: string): string => (typeof content[name] === "string" ? content[name] : "");
  const seen = { courier: withoutSession, key: keyOf(entry) };
  return { id, waits, seen, text: text("credential"), claim: text("claim"), kept: text("kept"), note: text("note"), beside: text("beside") };
}

export function offered(text: string, claim = ""): Paper {
  if (text.length > LARGEST) throw new MalformedValue("the certificate is longer than a vault takes");
  return { id: "", text, claim, kept: new Date().toISOString(), note: "", beside: "", waits: false };
}

export async function lookAt({ text, seen }: Paper): Promise<Shown> {
  if (isToken(text)) return (await import("./vault_tokens.ts")).lookAtToken(text, seen).catch(() => UNREAD);
  const document = parsed(text);
  if (!document) return UNREAD;
  const { standingOf } = await import("./vault_standing.ts");
  const standing = await standingOf(document);
  if (standing.state === "unknown" && seen) return (await import("./vault_tokens.ts")).lookAtForeign(document, seen).catch(() => UNREAD);
  return { standing, face: standing.state === "unknown" || standing.state === "not-genuine" ? null : faceOf(document) };
}

function parsed(text: string): JsonObject | null {
  try {
    const found = JSON.parse(text) as Json;
    return isObject(found) ? found : null;
  } catch {
    return null;
  }
}

// Returns what an earlier copy of the same certificate is kept as.
export async function keptAs(session: Session, { text, claim }: Paper): Promise<string | null> {
  const name = parsed(text)?.id;
  const same = (other: Paper): boolean => other.text === text || (claim !== "" && other.claim === claim) || (typeof name === "string" && parsed(other.text)?.id === name);
  return (await papersOf(session)).find(same)?.id ?? null;
}

export async function keep(session: Session, paper: Paper): Promise<string> {
  const { text, claim, kept, note, taken, seen } = paper;
  const had = await keptAs(session, paper);
  if (had) return had;
  const key: JsonObject = seen?.key ? { issuerKey: seen.key as unknown as Json } : {};
  const tie: JsonObject = taken?.tie.access.refresh ? { tie: taken.tie as unknown as Json } : {}; // for more copies
  const bound: JsonObject = taken ? { copies: taken.copies.slice(1), keys: taken.keys as unknown as Json[], from: taken.tie.offer.issuer, ...key, ...tie } : {};
  return session.records.put({ kind: "credential", credential: text, claim, kept, note, ...bound });
}

export async function change(session: Session, paper: Paper, changes: JsonObject): Promise<void> {
  const entry = await session.records.get(paper.id);
  if (entry) await session.records.put({ ...entry.content, ...changes }, paper.id);
}

// Raises MalformedValue when the link's certificate is used up, taken back, or was never there.
export async function claimed(code: string): Promise<Paper> {
  const answer = await fetched(`/issuer/api/v1/claims/${encodeURIComponent(code)}`);
  if (!answer.ok) throw new MalformedValue("nothing is given for this link");
  return offered(await answer.text(), code);
}

export function claimCode(text: string): string | null {
  return /^(?:.*\/claim\/)?([A-Za-z0-9_-]{8,128})(?:[?#].*)?$/.exec(text.trim())?.[1] ?? null;
}

async function fetched(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(path, { cache: "no-store", ...init }).catch(() => null);
  if (!answer || answer.status >= 500) throw new Unreachable("the server did not answer");
  return answer;
}

export interface Simple {
  form: string;
  certificates: string[];
  decisions: string[];
  cases: { of: string; case: string; state: string; asked: string; due: string }[];
}

export const NOTHING: Simple = { form: "", certificates: [], decisions: [], cases: [] };

// What lies in the simple wallet of this browser.
export async function inSimpleWallet(): Promise<Simple> {
  const answer = await fetched("/wallet/certificates.json");
  return answer.ok ? ((await answer.json()) as Simple) : NOTHING;
}

// Moves everything from the simple wallet into the vault; what is not surely in the vault stays there.
export async function moveIn(session: Session, simple: Simple): Promise<void> {
  const { form, certificates } = simple;
  const texts = new Map<string, string>();
  for (const id of certificates) {
    const answer = await fetched(`/wallet/certificates/${encodeURIComponent(id)}/certificate.json`);
    if (!answer.ok) continue;
    const text = await answer.text();
    texts.set(id, text);
    await keep(session, offered(text));
  }
  const { moveBeside } = await import("./vault_beside.ts");
  await moveBeside(session, simple, texts, fetched);
  await session.records.synchronise();
  for (const id of texts.keys()) {
    await fetched(`/wallet/certificates/${encodeURIComponent(id)}/remove`, { method: "POST", body: new URLSearchParams({ form }) });
  }
}
