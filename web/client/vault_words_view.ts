// The views of what states said: beside a certificate, and one decision by itself.
import type { Json } from "./json.ts";
import { isObject } from "./json.ts";
import type { Lists } from "./lists.ts";
import { day, plain, say, stamped, tell } from "./page.ts";
import { save } from "./saving.ts";
import { subjectMember, subjectOfDocument } from "./claims.ts";
import { casesOf, documentOf, readWord, saidOf, type Case, type Word } from "./vault_beside.ts";
import type { Open } from "./vault_home.ts";
import { papersOf, type Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { listsNow } from "./vault_standing.ts";
import { faceOf } from "./vault_face.ts";
import { focusHeading, stage, View, worded } from "./vault_views.ts";

export function stateName(code: string, lists: Lists | null): string {
  return plain(lists?.parties.find((party) => party.code === code)?.names) || code;
}

// What one word comes to: a key of the sentences and tags.
function outcomeOf({ decision, authority }: Word): string {
  if (decision) return String(decision.told.outcome);
  return authority ? "endorsed" : "unread";
}

export function sentenceOf(word: Word, lists: Lists | null): string {
  return say(`word.said.${outcomeOf(word)}`, { state: stateName(word.authority?.state ?? "", lists) });
}

export function tagOf(word: Word): HTMLElement {
  return stamped(...((word.state === "valid" ? ["outcome", outcomeOf(word)] : ["state", word.state]) as [string, string])) as HTMLElement;
}

export function rowOf(to: string, title: string, ...below: (string | HTMLElement)[]): HTMLElement {
  const row = new View(stamped("piece", "row") as HTMLElement);
  row.find<HTMLAnchorElement>("to").href = to;
  row.write("label", title);
  row.find("below").replaceChildren(...below);
  return row.root;
}

export function waitingFor({ due, decided, unsent }: Case): string {
  if (unsent) return say("case.unsure");
  if (decided) return say("case.decided");
  const late = Date.parse(due) < Date.now();
  return say(late ? "case.late" : "case.waits", { date: day(Date.parse(due)) });
}

// Fills the part of a certificate's view that says what states said of it, and who was asked.
export async function showBeside(view: View, session: Session, paper: Paper): Promise<void> {
  const document = documentOf(paper);
  view.reveal("said", document !== null);
  if (!document) return;
  view.find<HTMLAnchorElement>("ask").href = `#ask=${paper.id}`;
  const [lists, said, cases] = await Promise.all([listsNow(), saidOf(session, document), casesOf(session, document)]);
  const words = lists ? await Promise.all(said.map((one) => readWord(one, document, lists))) : [];
  const rows = [
    ...words.map((word) => rowOf(`#word=${word.id}`, sentenceOf(word, lists), tagOf(word))),
    ...(lists ? [] : said.map(({ id }) => rowOf(`#word=${id}`, say("word.said.unread"), stamped("state", "unknown") as HTMLElement))),
    ...cases.filter(({ decided }) => !decided).map((one) => rowOf(`#case=${one.id}`, say("case.title", { state: stateName(one.state, lists) }), waitingFor(one))),
  ];
  view.find("said-list").replaceChildren(...rows);
}

async function certificateOf(session: Session, id: string): Promise<{ said: Awaited<ReturnType<typeof saidOf>>[number]; paper: Paper } | null> {
  for (const paper of await papersOf(session)) {
    const document = documentOf(paper);
    const said = document && (await saidOf(session, document)).find((one) => one.id === id);
    if (said) return { said, paper };
  }
  return null;
}

function fact(name: string, ...told: (string | HTMLElement)[]): HTMLElement {
  const row = document.createElement("div");
  const [term, value] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = say(name);
  for (const one of told) value.append(typeof one === "string" ? Object.assign(document.createElement("bdi"), { textContent: one }) : one);
  row.append(term, value);
  return row;
}

function small(text: string): HTMLElement {
  return Object.assign(document.createElement("small"), { textContent: text });
}

// Language objects of a credential, in the reader's language.
function inLanguage(value: Json | undefined): string {
  const entries = (Array.isArray(value) ? value : [value ?? null]).filter(isObject);
  return plain(Object.fromEntries(entries.map((entry) => [String(entry["@language"]), entry["@value"] ?? ""])));
}

function factsOfWord(word: Word, paper: Paper): HTMLElement[] {
  const certificate = documentOf(paper);
  const title = certificate ? worded(faceOf(certificate).title) : say("kind.certificate");
  const told = word.decision?.told ?? {};
  const conditions = Array.isArray(told.condition) ? told.condition.filter(isObject) : [];
  const local = inLanguage(told.localTitle);
  const by = plain(word.authority?.record.names);
  const since = word.decision?.decided ?? Date.parse(String(word.document.validFrom));
  const until = word.decision?.until ?? null;
  return [
    fact("fact.about", title),
    ...(local ? [fact("fact.counts", local, ...(told.nqfLevel ? [small(say("level", { level: plain(told.nqfLevel) }))] : []))] : []),
    ...conditions.map(({ text }) => fact("fact.needed", inLanguage(text))),
    ...["reason", "appeal", "legalBasis", "decidedBy"].flatMap((name) => (plain(told[name]) ? [fact(`fact.${name}`, plain(told[name]))] : [])),
    ...(word.decision ? [] : [plain(subjectOfDocument(word.document).endorsementComment)].filter(Boolean).map((text) => fact("fact.comment", text))),
    ...(by ? [fact("fact.by", by, small(day(since)))] : []),
    ...(word.decision ? [fact("fact.until", until === null ? say("no-end") : day(until))] : []),
  ];
}

export async function showWord(session: Session, id: string, open: Open): Promise<void> {
  const [found, lists] = await Promise.all([certificateOf(session, id), listsNow()]);
  if (!found) return open("home");
  const { said, paper } = found;
  const certificate = documentOf(paper);
  if (!certificate || !lists) return open(`certificate=${paper.id}`, say("word.unknown"));
  const word = await readWord(said, certificate, lists);
  const view = stage("word");
  focusHeading();
  const code = String(word.authority?.state ?? subjectMember(word.document, "recognitionDecision").state ?? "");
  view.write("heading", word.authority ? say("word.title", { state: stateName(code, lists) }) : say("word.said.unread"));
  view.write("sentence", sentenceOf(word, lists));
  view.find("tag").replaceChildren(tagOf(word));
  view.write("standing", say(word.state === "valid" && word.asOf !== null ? "word.valid-as-of" : `word.is.${word.state}`, { date: word.asOf === null ? "" : day(word.asOf) }));
  view.reveal("what", word.authority !== null);
  if (word.authority) view.find("facts").replaceChildren(...factsOfWord(word, paper));
  view.find<HTMLAnchorElement>("certificate").href = `#certificate=${paper.id}`;
  view.press("download", async () => save("decision.json", word.text, "application/vc"));
  view.submit("remove", async () => {
    await session.records.remove(id);
    open(`certificate=${paper.id}`);
    tell(say("removed"));
  });
}
