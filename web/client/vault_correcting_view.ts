// The views of a correction: what is wrong on a certificate, how the request stands, and a letter where the centre takes none.
import type { JsonObject } from "./json.ts";
import { day, plain, say, tell } from "./page.ts";
import { Refused } from "./vault_api.ts";
import { askCentre, corrected, deskOf, evidenceOf, mineOf, reply, requestsOf, requestWith, send, standingOf, type Mine, type Request, type Standing } from "./vault_correcting.ts";
import { LATIN, type Face } from "./vault_face.ts";
import { offer, type Open } from "./vault_home.ts";
import { lookAt, papersOf, paperWith, type Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { listsNow } from "./vault_standing.ts";
import { focusHeading, stage, worded, type View } from "./vault_views.ts";
import { rowOf } from "./vault_words_view.ts";

// Fills the part of a certificate's view that says what was asked of its centre.
export async function showAsked(view: View, session: Session, paper: Paper, isShown: boolean): Promise<void> {
  const mine = isShown ? await mineOf(session, paper) : null;
  view.reveal("wrong", mine !== null);
  if (!mine) return;
  view.find<HTMLAnchorElement>("correct").href = `#correct=${paper.id}`;
  const requests = await requestsOf(session, mine.credential);
  view.find("asked-list").replaceChildren(...requests.map(({ id, asked }) => rowOf(`#correction=${id}`, say("correction.title"), say("correction.asked", { date: day(Date.parse(asked)) }))));
}

// The names in the order in which a certificate writes them, Latin letters first: a face shows them last.
function asWritten({ names }: Face): string[] {
  const values = names.map(({ value }) => value);
  return LATIN.test(values[0] ?? "") ? values : values.reverse();
}

interface Wrong {
  before: JsonObject; // what the certificate says
  wanted: JsonObject; // what it should say, as it is sent
}

const isoDay = (moment: number | null): string => (moment === null ? "" : new Date(moment).toISOString().slice(0, 10));

export async function showCorrect(session: Session, id: string, open: Open): Promise<void> {
  const paper = await paperWith(session, id);
  const { face } = paper ? await lookAt(paper) : { face: null };
  const mine = paper && (await mineOf(session, paper));
  if (!paper || !face || !mine) return open("home");
  const desk = await deskOf(session, mine);
  const view = stage("correct");
  focusHeading();
  view.find<HTMLAnchorElement>("back").href = `#certificate=${id}`;
  view.find("about").replaceChildren(worded(face.title));
  const isTraining = face.kind !== "work";
  view.reveal("fields", isTraining);
  view.reveal("goes", desk !== null);
  view.reveal("by-letter", desk === null);
  const input = (name: string): HTMLInputElement => view.find<HTMLInputElement>(name);
  const [latin = "", native = ""] = asWritten(face);
  const before = { name: latin, native, awarded: isoDay(face.awarded), number: face.number };
  for (const [name, value] of Object.entries(before)) input(name).value = value;
  view.submit("correct-form", async () => {
    const typed = Object.fromEntries(Object.keys(before).map((name) => [name, input(name).value.trim()])) as typeof before;
    const wanted = await wantedOf(before, typed, view.find<HTMLTextAreaElement>("why").value.trim(), input("file").files?.[0], desk !== null);
    if (typeof wanted === "string") return tell(say(wanted));
    if (!desk) return writeLetter(mine, face, { before, wanted }, id);
    await unlessRefused(async () => {
      const made = await askCentre(session, mine, desk, wanted, plain(face.title.value));
      open(`correction=${made}`, (await requestWith(session, made))?.unsent ? undefined : say("correction.sent"));
    });
  });
}

// Returns what is asked, or the word of what is missing.
async function wantedOf(before: { [name: string]: string }, typed: { [name: string]: string }, words: string, file: File | undefined, isSent: boolean): Promise<JsonObject | string> {
  const wanted: JsonObject = {};
  if (typed.name !== before.name || typed.native !== before.native) wanted.names = [typed.name ?? "", typed.native ?? ""].filter(Boolean);
  if (typed.awarded && typed.awarded !== before.awarded) wanted.awardedOn = typed.awarded;
  if (typed.number && typed.number !== before.number) wanted.number = typed.number;
  if (words) wanted.words = words;
  if (!Object.keys(wanted).length) return "correct.nothing";
  if (file && isSent) {
    const evidence = await evidenceOf(file);
    if (!evidence) return "correct.file-bad";
    wanted.evidence = evidence;
  }
  return wanted;
}

async function unlessRefused(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refused) || ![403, 409, 410, 422, 429].includes(error.status)) throw error;
    tell(say(`correct.refused.${error.status}`));
  }
}

async function writeLetter({ issuer, credential }: Mine, face: Face, { before, wanted }: Wrong, id: string): Promise<void> {
  const lists = await listsNow();
  const listed = lists?.files.issuers?.find(({ record }) => record.did === issuer);
  const authority = lists?.files.authorities?.find(({ state }) => state === listed?.state);
  const view = stage("letter");
  focusHeading();
  view.find<HTMLAnchorElement>("back").href = `#certificate=${id}`;
  view.write("on", day(Date.now()));
  view.find("to").replaceChildren(worded(face.centre));
  view.write("host", issuer.startsWith("did:web:") ? decodeURIComponent(issuer.split(":")[2] ?? "") : issuer);
  view.write("authority", authority ? say("letter.authority", { name: plain(authority.record.names), contact: plain(authority.record.contact) }) : "");
  view.find("about").replaceChildren(worded(face.title));
  view.write("number", face.number || credential);
  const rows: [string, string, string][] = [
    ["names", [before.name, before.native].filter(Boolean).join(", "), Array.isArray(wanted.names) ? wanted.names.join(", ") : ""],
    ["awarded", String(before.awarded), String(wanted.awardedOn ?? "")],
    ["number", String(before.number), String(wanted.number ?? "")],
  ];
  const lines = rows.filter(([, , after]) => after).map(([name, old, after]) => {
    const text = say(`letter.${name}`, { before: old, after });
    return Object.assign(document.createElement("li"), { textContent: text });
  });
  view.find("lines").replaceChildren(...lines);
  view.write("words", String(wanted.words ?? ""));
  view.write("name", String(before.name));
  view.press("print", async () => print());
}

export async function showCorrection(session: Session, id: string, open: Open): Promise<void> {
  const request = await requestWith(session, id);
  if (!request) return open("home");
  const standing = await standingOf(session, request);
  const view = stage("correction");
  focusHeading();
  view.write("asked", say("correction.asked", { date: day(Date.parse(request.asked)) }));
  view.write("stands", say(`correction.state.${standing.state}`));
  view.reveal("unsure", standing.state === "unsure");
  view.reveal("asks", standing.state === "asked-back");
  view.reveal("done", standing.state === "corrected");
  told(view, standing);
  view.press("again", () => unlessRefused(async () => {
    await send(session, request);
    open(`correction=${id}`, say("correction.sent"));
  }));
  view.submit("reply-form", () => unlessRefused(async () => {
    await reply(session, request, view.find<HTMLTextAreaElement>("reply").value.trim());
    open(`correction=${id}`, say("correction.replied"));
  }));
  view.press("take", async () => {
    const paper = await corrected(session, request, standing.claim);
    if (!paper) return tell(say("correction.unreached"));
    offer(paper);
    open("offer");
  });
  const paper = await paperOf(session, request);
  view.reveal("certificate", paper !== null);
  if (paper) view.find<HTMLAnchorElement>("certificate").href = `#certificate=${paper.id}`;
}

function told(view: View, { turns }: Standing): void {
  view.reveal("turns", turns.length > 0);
  const lines = turns.map(({ by, words, at }) => {
    const line = document.createElement("li");
    line.append(`${say(`correction.by.${by}`)} `, Object.assign(document.createElement("bdi"), { textContent: words }), ` (${day(at)})`);
    return line;
  });
  view.find("turn-list").replaceChildren(...lines);
}

async function paperOf(session: Session, { of }: Request): Promise<Paper | null> {
  for (const paper of await papersOf(session)) if ((await mineOf(session, paper))?.credential === of) return paper;
  return null;
}
