// By whom a vault is held: by its person, by a guardian for a minor, or with help at a counter. Who they are is sealed in the vault; the
// server knows the kind, and the month from which a guardian's vault is handed over.
import type { Json, JsonObject } from "./json.ts";
import { noteConsent } from "./vault_consents.ts";
import type { Inbox } from "./vault_inbox.ts";
import type { Session } from "./vault_session.ts";

const KIND = "custody";

export interface Custody {
  id: string; // of its record
  custody: "own" | "guardian" | "assisted";
  person: string; // the minor, for a guardian's
  by: string; // the guardian, or the caseworker
  as: string; // mother, or the office
  since: string;
  handOverOn: string; // an ISO date, for a guardian's
  inbox: Inbox | null;
}

export async function custodyOf(session: Session): Promise<Custody | null> {
  const entry = (await session.records.all()).find(({ content }) => content.kind === KIND);
  if (!entry || entry.content.custody === "own") return null;
  return { ...(entry.content as unknown as Custody), id: entry.id };
}

export async function keepCustody(session: Session, { id, inbox, ...told }: Custody): Promise<void> {
  await session.records.put({ ...told, kind: KIND, inbox: inbox as unknown as Json }, ...(id ? [id] : []));
}

// The first day of the month after a birthday: the server learns a month, and no birthday.
export function handOverDay(born: string, age: number): string {
  const [year = NaN, month = NaN] = born.split("-").map(Number);
  return new Date(Date.UTC(year + age, month, 1)).toISOString().slice(0, 10);
}

export const isDue = ({ custody, handOverOn }: Custody): boolean => custody === "assisted" || Date.parse(handOverOn) <= Date.now();

// Puts the vault under a key that its person's new card alone opens, and none of the ways there were. Raises Refused before its day.
export async function handOver(session: Session, custody: Custody, ways: Set<string>): Promise<Session> {
  await noteConsent(session, { act: "handed-over", title: custody.person, to: custody.by, claims: [] });
  const fresh = await session.changeKey(ways, true);
  await keepCustody(fresh, { ...custody, custody: "own", inbox: null });
  await fresh.records.synchronise();
  return fresh;
}

// The words of who acts for whom, in an entry of the record of consents.
export async function actingFor(session: Session): Promise<JsonObject> {
  const found = await custodyOf(session);
  return found?.custody === "guardian" ? { guardian: found.by } : {};
}
