// What stands beside a certificate of the vault: what states said of it, and the cases that they decide. Each is a sealed record that
// names the certificate by its words, so that it stays with it when the certificate's own record is made anew.
import { object, readClaim, subjectMember, subjectOfDocument, type Verified } from "./claims.ts";
import { binds, readDecision, signingAuthorities, wordsDigest, type Decision } from "./decisions.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { isPaper, verifyPaper } from "./papers.ts";
import { quietStatus } from "./status.ts";
import { kept } from "./store.ts";
import type { Paper, Simple } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import type { State } from "./vault_standing.ts";
import type { Entry } from "./vault_sync.ts";

export interface Word {
  id: string; // of its record; empty while it is only offered
  text: string;
  document: JsonObject;
  state: State;
  asOf: number | null;
  authority: Listed | null; // null where no authority of the lists that are kept here said it
  decision: Decision | null;
}

// A question of which it is not known whether it arrived: with the same key and the same words it makes one case, however often it is sent.
export interface Unsent {
  key: string;
  beside: string[]; // records of the papers that go with it
  contact: string;
  note: string;
}

export interface Case {
  id: string; // of its record
  name: string; // as the state's authority calls it: nobody guesses it; empty while it is not known whether it arrived
  of: string; // the certificate's words, hashed
  state: string;
  asked: string;
  due: string;
  decided: boolean;
  unsent: Unsent | null;
}

const SAID: { [code: string]: State } = { REVOKED: "withdrawn", SUSPENDED: "on-hold", EXPIRED: "ended", NOT_YET_VALID: "not-yet" };

export function documentOf({ text }: { text: string }): JsonObject | null {
  try {
    const found = JSON.parse(text) as Json;
    return isObject(found) ? found : null;
  } catch {
    return null;
  }
}

// The digest by which a decision or an endorsement names what it is about.
function aboutOf(document: JsonObject): Json | undefined {
  return object(subjectMember(document, "recognitionDecision").of).digestMultibase ?? subjectOfDocument(document).digestMultibase;
}

export function isAbout(document: JsonObject, certificate: JsonObject): boolean {
  return isPaper(document) && binds(aboutOf(document), certificate);
}

async function entriesOf(session: Session, kind: string): Promise<Entry[]> {
  return (await session.records.all()).filter(({ content }) => content.kind === kind);
}

// The decisions and endorsements about a certificate, as they were received, the newest first.
export async function saidOf(session: Session, certificate: JsonObject): Promise<{ id: string; text: string; document: JsonObject }[]> {
  const entries = await entriesOf(session, "word");
  entries.sort((one, other) => String(other.content.kept).localeCompare(String(one.content.kept)));
  return entries.flatMap(({ id, content }) => {
    const text = String(content.credential);
    const document = documentOf({ text });
    return document && isAbout(document, certificate) ? [{ id, text, document }] : [];
  });
}

export async function readWord(said: { id: string; text: string; document: JsonObject }, certificate: JsonObject, lists: Lists): Promise<Word> {
  const verified = await verifyPaper(said.document, lists, kept, new Date());
  const state = String(subjectMember(said.document, "recognitionDecision").state ?? "");
  const decision = state ? readDecision(verified, certificate, state, lists) : null;
  const authority = decision?.authority ?? endorser(verified, lists);
  const { asOf } = await quietStatus(verified.document, lists, kept);
  return { ...said, state: authority || failed(verified) ? stateOf(verified) : "unknown", asOf: asOf ?? null, authority, decision };
}

function endorser(verified: Verified, lists: Lists): Listed | null {
  const claim = readClaim(verified.document);
  const authorities = claim.kind === "endorsement" ? signingAuthorities(claim, verified, lists) : [];
  return authorities.length === 1 ? (authorities[0] as Listed) : null;
}

const failed = ({ checks }: Verified): boolean => checks.proof?.outcome === "failed";

function stateOf(verified: Verified): State {
  if (failed(verified)) return "not-genuine";
  const codes = Object.values(verified.checks).flatMap(({ code }) => code ?? []);
  const said = Object.keys(SAID).find((code) => codes.includes(code));
  if (said) return SAID[said] as State;
  return Object.values(verified.checks).every(({ outcome }) => outcome === "passed") ? "valid" : "unknown";
}

// Keeps what a state said, once; returns its record.
export async function keepWord(session: Session, text: string): Promise<string> {
  const had = (await entriesOf(session, "word")).find(({ content }) => content.credential === text);
  return had?.id ?? session.records.put({ kind: "word", credential: text, kept: new Date().toISOString() });
}

export async function casesOf(session: Session, certificate: JsonObject): Promise<Case[]> {
  const digest = wordsDigest(certificate);
  const entries = (await entriesOf(session, "case")).filter(({ content }) => content.of === digest);
  return entries.map(caseOf).sort((one, other) => other.asked.localeCompare(one.asked));
}

export async function caseWith(session: Session, id: string): Promise<Case | null> {
  const entry = await session.records.get(id);
  return entry?.content.kind === "case" ? caseOf(entry) : null;
}

function caseOf({ id, content }: Entry): Case {
  const text = (name: string): string => (typeof content[name] === "string" ? content[name] : "");
  return { id, name: text("case"), of: text("of"), state: text("state"), asked: text("asked"), due: text("due"), decided: content.decided === true, unsent: isObject(content.unsent) ? (content.unsent as unknown as Unsent) : null };
}

export async function keepCase(session: Session, { id, name, unsent, ...told }: Case): Promise<string> {
  return session.records.put({ kind: "case", case: name, ...told, unsent: unsent as unknown as Json }, ...(id ? [id] : []));
}

// Takes away what stands beside a certificate that leaves the vault, unless the vault holds it once more.
export async function dropBeside(session: Session, certificate: JsonObject, others: Paper[]): Promise<void> {
  const digest = wordsDigest(certificate);
  const stays = others.some((other) => {
    const document = documentOf(other);
    return document && wordsDigest(document) === digest;
  });
  if (stays) return;
  for (const { id } of [...(await saidOf(session, certificate)), ...(await casesOf(session, certificate))]) await session.records.remove(id);
}

// Takes over what the simple wallet keeps beside its certificates, whose texts are given by their names there.
export async function moveBeside(session: Session, { decisions, cases }: Simple, texts: Map<string, string>, fetched: (path: string) => Promise<Response>): Promise<void> {
  for (const id of decisions) {
    const answer = await fetched(`/wallet/decisions/${encodeURIComponent(id)}/decision.json`);
    if (answer.ok) await keepWord(session, await answer.text());
  }
  for (const { of, case: name, ...told } of cases) {
    const document = documentOf({ text: texts.get(of) ?? "" });
    if (document) await keepCase(session, { ...told, id: "", name, of: wordsDigest(document), decided: false, unsent: null });
  }
}
