// Asking a state to decide on a certificate, and following the case. The vault asks by itself: the server that keeps it learns nothing
// of the case but what the state's authority gets.
import { wordsDigest } from "./decisions.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { Refused, Unreachable } from "./vault_api.ts";
import { casesOf, documentOf, isAbout, keepCase, keepWord, readWord, type Case, type Word } from "./vault_beside.ts";
import { noteConsent } from "./vault_consents.ts";
import { newName } from "./vault_keys.ts";
import { paperWith, type Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { listsAnew, listsNow } from "./vault_standing.ts";

const CASES = "/registry/api/v1/cases";
export const MOST_BESIDE = 5;

export interface Question {
  certificate: Paper;
  state: string;
  beside: Paper[]; // other certificates, to be looked at with it
  contact: string;
  note: string;
}

// The authorities that sign decisions: the first of each state.
export function decidingIn(lists: Lists): Listed[] {
  const signing = (lists.files.authorities ?? []).filter(({ record }) => typeof record.did === "string" && record.did !== "");
  return signing.filter(({ state }, place) => signing.findIndex((one) => one.state === state) === place);
}

async function asked(path: string, body?: JsonObject, key = ""): Promise<JsonObject> {
  const init = body && { method: "POST", headers: { "Content-Type": "application/json", "Idempotency-Key": key }, body: JSON.stringify(body) };
  const answer = await fetch(path, { credentials: "omit", cache: "no-store", ...init }).catch(() => null);
  if (!answer || answer.status >= 500) throw new Unreachable("the state could not be asked");
  const document = (await answer.json().catch(() => null)) as Json;
  const found = isObject(document) ? document : {};
  if (!answer.ok) throw new Refused(answer.status, found);
  return found;
}

// Sends it; returns the record of the case. Raises Refused with status 409 when it waits there already, 422 when it is not taken.
// The record is there before anything is sent: an answer that is lost on the way leaves a case that is sent again, and counts once.
export async function askState(session: Session, { certificate, state, beside, contact, note }: Question, title: string): Promise<string> {
  const document = JSON.parse(certificate.text) as JsonObject;
  const before = (await casesOf(session, document)).find((one) => one.state === state && one.unsent);
  if (before) return before.id;
  const papers = beside.slice(0, MOST_BESIDE).map(({ id }) => id);
  await noteConsent(session, { act: "state-asked", of: certificate.id, state, title, claims: ["/"], papers });
  const now = new Date().toISOString();
  const unsent = { key: newName(), beside: papers, contact, note };
  const begun: Case = { id: "", name: "", of: wordsDigest(document), state, asked: now, due: now, decided: false, unsent };
  const id = await keepCase(session, begun);
  await session.records.synchronise().catch(() => 0);
  await send(session, { ...begun, id }, certificate).catch((error: unknown) => {
    if (!(error instanceof Unreachable)) throw error;
  });
  return id;
}

// Sends what may have arrived already. Raises Unreachable when that is still not known, Refused when it surely made no case.
export async function send(session: Session, found: Case, certificate: Paper): Promise<void> {
  if (!found.unsent) return;
  const { key, beside, contact, note } = found.unsent;
  const documents = await Promise.all(beside.map((id) => paperWith(session, id)));
  const papers = documents.flatMap((paper) => (paper ? [documentOf(paper) as Json] : []));
  const body = { state: found.state, certificate: documentOf(certificate), papers, contact, note };
  const { id: name } = await asked(CASES, body, key).catch(async (error: unknown) => {
    if (error instanceof Refused) await session.records.remove(found.id);
    throw error;
  });
  if (typeof name !== "string") throw new Unreachable("what answered is not the state");
  const sent = { ...found, name, unsent: null };
  await keepCase(session, sent); // before anything else is asked: with its name it is not lost
  await session.records.synchronise().catch(() => 0);
  const standing = await asked(`${CASES}/${name}`).catch(() => null);
  if (standing) await keepCase(session, { ...sent, due: String(standing.dueAt) });
}

export interface Standing {
  found: Case;
  word: Word | null; // the decision, once there is one that could be checked
  reached: boolean;
}

// Asks how a case stands; a decision that is found genuine, and about this certificate, is kept sealed beside it.
export async function follow(session: Session, found: Case, certificate: Paper): Promise<Standing> {
  const document = documentOf(certificate);
  const standing = found.unsent ? null : await asked(`${CASES}/${found.name}`).catch(() => null);
  if (!document || !standing) return { found, word: null, reached: false };
  if (!isObject(standing.decision)) return { found, word: null, reached: true };
  const said = { id: "", text: JSON.stringify(standing.decision), document: standing.decision };
  if (!found.decided) listsAnew();
  const lists = await listsNow();
  const word = lists && isAbout(said.document, document) ? await readWord(said, document, lists) : null;
  if (!word?.decision || word.state === "not-genuine") return { found, word: null, reached: false };
  const id = await keepWord(session, said.text);
  if (!found.decided) await keepCase(session, { ...found, decided: true });
  return { found: { ...found, decided: true }, word: { ...word, id }, reached: true };
}
