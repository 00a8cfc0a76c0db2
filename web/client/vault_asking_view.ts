// The views of asking a state: what to ask, what is sent, and how the case stands.
import { plain, day, say, stamped, tell } from "./page.ts";
import { Refused } from "./vault_api.ts";
import { askState, decidingIn, follow, MOST_BESIDE, send, type Question } from "./vault_asking.ts";
import { caseWith, documentOf, type Case } from "./vault_beside.ts";
import { wordsDigest } from "./decisions.ts";
import type { Lists } from "./lists.ts";
import { faceOf } from "./vault_face.ts";
import type { Open } from "./vault_home.ts";
import { lookAt, papersOf, paperWith, type Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { listsNow } from "./vault_standing.ts";
import { factsOf, focusHeading, namesOf, stage, View, worded } from "./vault_views.ts";
import { rowOf, sentenceOf, stateName, tagOf } from "./vault_words_view.ts";

function choice(kind: string, name: string, value: string, title: string | HTMLElement, below: string): HTMLElement {
  const row = new View(stamped("piece", kind) as HTMLElement);
  const input = row.find<HTMLInputElement>("input");
  [input.name, input.value] = [name, value];
  row.find("label").replaceChildren(title);
  row.write("below", below);
  return row.root;
}

// `value`: the certificate's record, and after a comma the state that is asked, if that is known.
export async function showAsk(session: Session, value: string, open: Open): Promise<void> {
  const [id = "", state = ""] = value.split(",");
  const [certificate, lists] = await Promise.all([paperWith(session, id), listsNow()]);
  const { face } = certificate ? await lookAt(certificate) : { face: null };
  if (!certificate || !face) return open("home");
  if (!lists) return open(`certificate=${id}`, say("no-lists"));
  await compose(session, { certificate, state, beside: [], contact: "", note: "" }, lists, open);
}

async function compose(session: Session, before: Question, lists: Lists, open: Open): Promise<void> {
  const { certificate } = before;
  const others = (await papersOf(session)).filter((paper) => paper.id !== certificate.id && documentOf(paper));
  const shown = (await Promise.all(others.map(async (paper) => ({ paper, face: (await lookAt(paper)).face })))).filter(({ face }) => face !== null);
  const view = stage("ask");
  focusHeading();
  view.find<HTMLAnchorElement>("back").href = `#certificate=${certificate.id}`;
  const document = documentOf(certificate);
  if (document) view.find("about").replaceChildren(worded(faceOf(document).title));
  const deciding = decidingIn(lists);
  view.reveal("nobody", !deciding.length);
  view.reveal("ask-form", deciding.length > 0);
  view.find("states").replaceChildren(
    ...deciding.map(({ state, record }) =>
      choice("one-of", "state", state, stateName(state, lists), say("ask.answers", { name: plain(record.names), days: String(record.answersWithinDays) })),
    ),
  );
  view.reveal("others", shown.length > 0);
  view.find("other-list").replaceChildren(
    ...shown.map(({ paper, face }) => choice("any-of", "beside", paper.id, face ? worded(face.title) : "", face ? face.centre.value : "")),
  );
  const form = view.find<HTMLFormElement>("ask-form");
  for (const input of form.querySelectorAll<HTMLInputElement>("input[name=state], input[name=beside]")) {
    input.checked = input.value === before.state || before.beside.some(({ id }) => id === input.value);
  }
  view.find<HTMLInputElement>("contact").value = before.contact;
  view.find<HTMLTextAreaElement>("note").value = before.note;
  view.submit("ask-form", async () => {
    const given = new FormData(form);
    const chosen = given.getAll("beside").map(String);
    if (chosen.length > MOST_BESIDE) return tell(say("ask.too-many", { n: String(MOST_BESIDE) }));
    const beside = shown.flatMap(({ paper }) => (chosen.includes(paper.id) ? [paper] : []));
    const text = (name: string): string => String(given.get(name) ?? "").trim();
    await lookBefore(session, { certificate, state: text("state"), beside, contact: text("contact"), note: text("note") }, lists, open);
  });
}

async function sheetOf(paper: Paper): Promise<HTMLElement> {
  const sheet = new View(stamped("piece", "sent") as HTMLElement);
  const { face } = await lookAt(paper);
  if (!face) return sheet.root;
  sheet.find("title").replaceChildren(worded(face.title));
  sheet.find("names").replaceChildren(...namesOf(face));
  sheet.find("facts").replaceChildren(...factsOf(face));
  sheet.write("whole", JSON.stringify(documentOf(paper), null, 1));
  return sheet.root;
}

// Everything that the authority will get, before any of it is sent.
async function lookBefore(session: Session, question: Question, lists: Lists, open: Open): Promise<void> {
  const { certificate, state, beside, contact, note } = question;
  const sheets = await Promise.all([certificate, ...beside].map(sheetOf));
  const view = stage("ask-look");
  focusHeading();
  const named = stateName(state, lists);
  view.write("heading", say("ask.look", { state: named }));
  view.find("sheets").replaceChildren(...sheets);
  for (const [name, text] of Object.entries({ contact, note })) {
    view.reveal(`has-${name}`, text !== "");
    view.write(name, text);
  }
  view.press("change", () => compose(session, question, lists, open));
  view.press("send", async () => {
    const document = documentOf(certificate);
    const title = document ? plain(faceOf(document).title.value) : "";
    await unlessRefused(async () => {
      const id = await askState(session, question, `${title}, ${named}`);
      open(`case=${id}`, (await caseWith(session, id))?.unsent ? undefined : say("case.sent"));
    });
  });
}

async function unlessRefused(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refused) || ![409, 422].includes(error.status)) throw error;
    tell(say(error.status === 409 ? "ask.waits-already" : "ask.not-taken"));
  }
}

export async function showCase(session: Session, id: string, open: Open): Promise<void> {
  const found = await caseWith(session, id);
  const paper = found && (await papersOf(session)).find((one) => {
    const document = documentOf(one);
    return document !== null && wordsDigest(document) === found.of;
  });
  if (!found || !paper) return open("home");
  const [standing, lists] = [await follow(session, found, paper), await listsNow()];
  const { word, reached } = standing;
  const view = stage("case");
  focusHeading();
  view.write("heading", say("case.title", { state: stateName(found.state, lists) }));
  unsure(view, session, found, paper, open);
  for (const step of ["looked-at", "decided"]) view.find(`step-${step}`).classList.toggle("is-done", word !== null);
  view.find(found.unsent ? "step-sent" : word ? "step-decided" : "step-looked-at").setAttribute("aria-current", "step");
  view.reveal("waits", !word && !found.unsent);
  view.reveal("unreached", !reached);
  view.write("due", say(Date.parse(found.due) < Date.now() ? "case.late" : "case.waits", { date: day(Date.parse(found.due)) }));
  view.write("asked", say("case.asked", { date: day(Date.parse(found.asked)) }));
  const authority = lists && decidingIn(lists).find(({ state }) => state === found.state);
  view.write("whom", authority ? say("case.whom", { name: plain(authority.record.names), contact: plain(authority.record.contact) }) : "");
  view.find("decision").replaceChildren(...(word ? [rowOf(`#word=${word.id}`, sentenceOf(word, lists), tagOf(word))] : []));
  view.find<HTMLAnchorElement>("certificate").href = `#certificate=${paper.id}`;
}

// Whether it arrived is not known: it is sent once more, as often as it takes.
function unsure(view: View, session: Session, found: Case, paper: Paper, open: Open): void {
  view.reveal("unsure", found.unsent !== null);
  view.find("step-sent").classList.toggle("is-done", found.unsent === null);
  view.press("again", () =>
    unlessRefused(async () => {
      await send(session, found, paper);
      open(`case=${found.id}`, say("case.sent"));
    }),
  );
}
