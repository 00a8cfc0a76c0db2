// Asking a state to decide on a certificate, and following the case. The vault asks by itself: the server that keeps it learns nothing
// of the case but what the state's authority gets.
import { wordsDigest } from "./decisions.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { Refused, Unreachable } from "./vault_api.ts";
import { documentOf, isAbout, keepCase, keepWord, readWord, type Case, type Word } from "./vault_beside.ts";
import { noteConsent } from "./vault_consents.ts";
import type { Paper } from "./vault_papers.ts";
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

async function asked(path: string, body?: JsonObject): Promise<JsonObject> {
  const init = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, { credentials: "omit", cache: "no-store", ...init }).catch(() => null);
  if (!answer || answer.status >= 500) throw new Unreachable("the state could not be asked");
  const document = (await answer.json().catch(() => null)) as Json;
  const found = isObject(document) ? document : {};
  if (!answer.ok) throw new Refused(answer.status, found);
  return found;
}

// Sends it; returns the record of the case. Raises Refused with status 409 when it waits there already, 422 when it is not taken.
export async function askState(session: Session, { certificate, state, beside, contact, note }: Question, title: string): Promise<string> {
  const document = JSON.parse(certificate.text) as JsonObject;
  const papers = beside.slice(0, MOST_BESIDE).map(({ text }) => JSON.parse(text) as Json);
  await noteConsent(session, { act: "state-asked", of: certificate.id, state, title, claims: ["/"], papers: beside.map(({ id }) => id) });
  const { id: name } = await asked(CASES, { state, certificate: document, papers, contact, note });
  const now = new Date().toISOString();
  const begun: Case = { id: "", name: String(name), of: wordsDigest(document), state, asked: now, due: now, decided: false };
  const id = await keepCase(session, begun); // before anything else is asked: with its name it is not lost
  await session.records.synchronise().catch(() => 0);
  const standing = await asked(`${CASES}/${String(name)}`).catch(() => null);
  if (standing) await keepCase(session, { ...begun, id, due: String(standing.dueAt) });
  return id;
}

export interface Standing {
  found: Case;
  word: Word | null; // the decision, once there is one that could be checked
  reached: boolean;
}

// Asks how a case stands; a decision that is found genuine, and about this certificate, is kept sealed beside it.
export async function follow(session: Session, found: Case, certificate: Paper): Promise<Standing> {
  const document = documentOf(certificate);
  const standing = await asked(`${CASES}/${found.name}`).catch(() => null);
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
