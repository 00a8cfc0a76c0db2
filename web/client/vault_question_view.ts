// The views of a question by OpenID4VP: bring one, see who asks and exactly what they would see, then show it or not.
import { base64url, sha256, utf8 } from "./bytes.ts";
import { questionIn } from "./challenge.ts";
import type { Json } from "./json.ts";
import { plain, say, stamped, tell } from "./page.ts";
import { scan, stop } from "./scanner.ts";
import { attesterIn, type Attester } from "./vault_attesters.ts";
import { noteConsent } from "./vault_consents.ts";
import type { Open } from "./vault_home.ts";
import { newName } from "./vault_keys.ts";
import { change, lookAt, paperWith } from "./vault_papers.ts";
import { holdingsOf, nextCopy } from "./vault_holdings.ts";
import { readable, textOf } from "./vault_parts.ts";
import { answer, decline, planFor, vpToken, type Choice, type Claim, type Option, type Plan } from "./vault_present.ts";
import { courierOf, type Courier } from "./vault_relay.ts";
import { readRequest, requestIn, RequestRefused, type Asked, type Asker } from "./vault_request.ts";
import type { Session } from "./vault_session.ts";
import { listsNow } from "./vault_standing.ts";
import { focusHeading, labelOf, stage, View, worded } from "./vault_views.ts";

const FIRST = ["name", "native_name", "achievement", "workExperience"];
const MOST_SHOWN = 2000; // characters of one value

interface Known extends Asker {
  kind: "listed" | "attested" | "here" | "host" | "unknown";
  name: string;
}

export async function showQuestion(session: Session, link: string, open: Open): Promise<void> {
  if (!link) return showBringing(open);
  const courier = courierOf(session);
  stage("wait");
  const attester: Attester = async (method) => attesterIn(await listsNow(), Date.now())(method);
  try {
    const asked = await readRequest(link, { courier, origin: location.origin, now: Date.now(), walletNonce: newName(), attester });
    await showAsked(session, asked, courier, open);
  } catch (error) {
    if (error instanceof RequestRefused) return showRefused(error);
    showBringing(open);
    throw error;
  }
}

function showRefused(error: RequestRefused): void {
  const view = stage("question-refused");
  focusHeading();
  view.write("why", say(`question.${error.why}`));
}

function showBringing(open: Open): void {
  const view = stage("question");
  focusHeading();
  const bring = (text: string): boolean => {
    const isToKey = questionIn(text.trim()) !== undefined;
    if (!isToKey && !requestIn(text)) return false;
    stop();
    open(isToKey ? `key=${/[0-9]+$/.exec(text.trim())}` : `question=${encodeURIComponent(text.trim())}`);
    return true;
  };
  view.submit("question-form", async (form) => {
    if (!bring((form.querySelector("input") as HTMLInputElement).value)) tell(say("question.none"));
  });
  view.find("start").onclick = () => void scan(async (texts) => texts.some(bring));
  view.find("stop").onclick = stop;
  addEventListener("hashchange", stop, { once: true });
  view.find<HTMLInputElement>("picture").addEventListener("change", async ({ target }) => {
    const [file] = (target as HTMLInputElement).files ?? [];
    if (!file) return;
    const { reader } = await import("./reading.ts");
    const texts = await (await reader())(file).catch((): string[] => []);
    if (!texts.some(bring)) tell(say("question.none"));
  });
}

// A name is the lists' where they know the asker's DID; else all that is known is where the answer goes.
async function known(asker: Asker): Promise<Known> {
  const lists = await listsNow();
  const record = [...(lists?.files.issuers ?? []), ...(lists?.files.authorities ?? [])].find(({ record: one }) => asker.did !== "" && one.did === asker.did)?.record;
  if (record) return { ...asker, kind: "listed", name: plain(record.names) };
  if (asker.attested) return { ...asker, kind: "attested", name: plain(asker.attested) };
  if (asker.host === location.host) return { ...asker, kind: "here", name: asker.host };
  return { ...asker, kind: asker.proven ? "host" : "unknown", name: asker.proven ? asker.host : say("question.unknown") };
}

async function showAsked(session: Session, asked: Asked, courier: Courier, open: Open): Promise<void> {
  const plan = planFor(asked, holdingsOf(await session.records.all()));
  const asker = await known(asked.asker);
  const view = stage("question-asked");
  focusHeading();
  view.write("who", asker.name);
  view.find("tag").replaceChildren(stamped("asker", asker.kind) as HTMLElement);
  view.write("goes", say("question.goes", { host: asker.host }));
  const called = plain(asker.saysName);
  view.write("called", called && asker.kind !== "listed" ? say("question.called", { name: called }) : "");
  const purposes = asked.query.sets.map(({ purpose }) => plain(purpose)).filter(Boolean);
  view.write("why", purposes.length ? `“${purposes.join(" · ")}”` : say("question.no-reason"));
  view.reveal("nothing", !plan.isSatisfiable);
  view.reveal("show-form", plan.isSatisfiable);
  view.reveal("doubt", asker.kind === "unknown" || asker.kind === "host");
  const refuse = async (): Promise<void> => {
    await noteConsent(session, { act: "declined", to: asker.name, client: asked.asker.clientId, title: "", claims: [] });
    await decline(asked, courier);
    open("home", say("question.declined"));
  };
  view.press("refuse", refuse);
  view.press("leave", refuse);
  if (!plan.isSatisfiable) return;
  view.find("answers").replaceChildren(...(await fields(session, plan)));
  view.submit("show-form", async (form) => {
    const choice = chosen(form, plan);
    if (![...choice.values()].some((options) => options.length)) return tell(say("question.choose"));
    try {
      const next = await show(session, asked, choice, asker, courier);
      if (next) return location.assign(next);
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      return showRefused(error);
    }
    open("home", say("question.shown", { name: asker.name }));
  });
}

// The record is written before anything leaves.
async function show(session: Session, asked: Asked, choice: Choice, asker: Known, courier: Courier): Promise<string | null> {
  const options = [...choice.values()].flat();
  const titles = await Promise.all(options.map(({ holding }) => titleOf(session, holding.record)));
  const claims = [...new Set(options.flatMap(({ shown }) => shown.map(({ path }) => path.filter((step) => step !== "credentialSubject").join("."))))];
  const query = base64url(sha256(utf8(asked.queryText)));
  const of = options.map(({ holding }) => holding.record);
  await noteConsent(session, { act: "presented", to: asker.name, client: asked.asker.clientId, host: asker.host, known: asker.kind, query, of, title: titles.join(", "), claims });
  const next = await answer(asked, await vpToken(asked, choice, Date.now()), courier);
  for (const { holding } of options) {
    const paper = await paperWith(session, holding.record);
    if (paper) await change(session, paper, { shows: holding.shows + 1 });
  }
  await session.records.synchronise();
  return next;
}

async function titleOf(session: Session, record: string): Promise<string> {
  const paper = await paperWith(session, record);
  const face = paper && (await lookAt(paper)).face;
  return plain(face?.title.value) || say("kind.certificate");
}

// One field for each query: what must be answered, then what may be, which is not chosen at first.
async function fields(session: Session, plan: Plan): Promise<HTMLElement[]> {
  const more = [...new Set(plan.optional.flat())];
  const made: HTMLElement[] = [];
  for (const id of [...plan.needed, ...more]) {
    const view = new View(stamped("piece", "answer") as HTMLElement);
    const options = plan.options.get(id) ?? [];
    const isOptional = more.includes(id);
    view.reveal("may", isOptional);
    const rows = await Promise.all(options.map((option, place) => row(session, option, { id, place, isOptional, isOne: options.length === 1 })));
    view.find("options").replaceChildren(...rows);
    made.push(view.root);
  }
  return made;
}

interface Place {
  id: string;
  place: number;
  isOptional: boolean;
  isOne: boolean;
}

async function row(session: Session, option: Option, { id, place, isOptional, isOne }: Place): Promise<HTMLElement> {
  const view = new View(stamped("piece", "shows") as HTMLElement);
  const input = view.find<HTMLInputElement>("input");
  [input.type, input.name, input.value] = [isOptional ? "checkbox" : "radio", id, String(place)];
  input.checked = !isOptional && place === 0;
  input.hidden = isOne && !isOptional;
  const paper = await paperWith(session, option.holding.record);
  const face = paper && (await lookAt(paper)).face;
  view.find("title").replaceChildren(face ? worded(face.title) : say("kind.certificate"));
  const order = ({ path }: Claim): number => (FIRST.includes(String(path.at(-1))) ? FIRST.indexOf(String(path.at(-1))) : FIRST.length);
  const shown = option.shown.toSorted((one, other) => order(one) - order(other));
  view.find("claims").replaceChildren(...shown.map(({ path, value }) => claimRow(String(path.at(-1)), value)));
  view.reveal("whole", option.isWhole);
  view.reveal("hidden", option.kept.length > 0);
  view.write("kept", option.kept.map((path) => path.map((step, depth) => (depth ? String(step) : labelOf(String(step)))).join(" › ")).join(", "));
  const all = option.isWhole ? nextCopy(option.holding).token.claims : Object.fromEntries(option.shown.map(({ path, value }) => [path[0], value]));
  view.write("letters", JSON.stringify(all, null, 1));
  return view.root;
}

function claimRow(name: string, value: Json): HTMLElement {
  const line = document.createElement("div");
  const [term, told] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = labelOf(name);
  told.append(Object.assign(document.createElement("bdi"), { textContent: readable(name, textOf(value)).slice(0, MOST_SHOWN) }));
  line.append(term, told);
  return line;
}

function chosen(form: HTMLFormElement, { options, needed }: Plan): Choice {
  const given = new FormData(form);
  return new Map([...options].map(([id, some]) => [id, given.getAll(id).flatMap((place) => some[Number(place)] ?? [])] as [string, Option[]]).filter(([id, some]) => some.length || needed.includes(id)));
}
