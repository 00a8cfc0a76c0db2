// The record of what was shown to whom: each entry carries the hash of the one before it and lies sealed in the vault. The server keeps
// each entry's number, hash and day, so that a missing or changed entry shows. Entries name what was shown, never a value of it.
import { base64url, fromBase64url, utf8 } from "./bytes.ts";
import { canonical, type JsonObject } from "./json.ts";
import { ask } from "./vault_api.ts";
import { actingFor } from "./vault_custody.ts";
import type { Session } from "./vault_session.ts";

const FIRST = base64url(new Uint8Array(32));

export interface Consent {
  sequence: number;
  at: number;
  act: string;
  title: string;
  to: string; // who was shown it, where somebody was
  claims: string[];
}

async function hashOf(entry: JsonObject): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(canonical(entry)))));
}

async function entries(session: Session): Promise<JsonObject[]> {
  const found = (await session.records.all()).filter(({ content }) => content.kind === "consent").map(({ content }) => content.entry as JsonObject);
  return found.sort((one, other) => Number(one.sequence) - Number(other.sequence));
}

async function note(session: Session, entry: JsonObject): Promise<void> {
  const body = { sequence: Number(entry.sequence), hash: await hashOf(entry) };
  await ask("/consents", { method: "POST", access: await session.access(), body });
}

// Writes the next entry before the act that it tells of; without internet, or when another device was first, nothing is done.
export async function noteConsent(session: Session, what: JsonObject): Promise<void> {
  await session.records.synchronise();
  const before = await entries(session);
  const { heads } = await ask("/consents", { access: await session.access() });
  for (const entry of before.slice((heads as JsonObject[]).length)) await note(session, entry); // of a device that was cut off
  const last = before.at(-1);
  const entry = { ...what, ...(await actingFor(session)), sequence: before.length + 1, previous: last ? await hashOf(last) : FIRST, at: new Date().toISOString() };
  const record = await session.records.put({ kind: "consent", entry });
  try {
    await note(session, entry);
  } catch (error) {
    await session.records.remove(record);
    throw error;
  }
  await session.records.synchronise();
}

// Returns the entries, the newest first, and whether each is there, unchanged and in its place.
export async function consentsOf(session: Session): Promise<{ consents: Consent[]; whole: boolean }> {
  const { heads } = await ask("/consents", { access: await session.access() });
  const kept = await entries(session);
  const told = heads as JsonObject[];
  let whole = told.length === kept.length;
  let previous = FIRST;
  for (const [place, entry] of kept.entries()) {
    const hash = await hashOf(entry);
    whole &&= entry.sequence === place + 1 && entry.previous === previous && told[place]?.hash === hash && fromBase64url(hash).length === 32;
    previous = hash;
  }
  const consents = kept.map((entry) => ({
    sequence: Number(entry.sequence),
    at: Date.parse(String(entry.at)),
    act: String(entry.act),
    title: String(entry.title),
    to: String(entry.to ?? ""),
    claims: Array.isArray(entry.claims) ? entry.claims.map(String) : [],
  }));
  return { consents: consents.reverse(), whole };
}
