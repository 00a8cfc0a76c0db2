// The views of vaults that others help to hold: a guardian's for a minor, one at a counter, the slip of a caseworker, handing over.
import { drawCode } from "./drawing.ts";
import { day, plain, say, stamped, tell } from "./page.ts";
import { Refused } from "./vault_api.ts";
import { noteConsent } from "./vault_consents.ts";
import { custodyOf, handOver, handOverDay, isDue, keepCustody, type Custody } from "./vault_custody.ts";
import type { Open } from "./vault_home.ts";
import { openInbox, settle, start, startedFor, type Started } from "./vault_inbox.ts";
import { deviceLabel, showCard, type Go } from "./vault_opening.ts";
import { claimCode } from "./vault_papers.ts";
import { isOffer, isQuestion } from "./vault_places.ts";
import { make, type Session } from "./vault_session.ts";
import { focusHeading, stage, View } from "./vault_views.ts";

const labels = (): { card: string; device: string } => ({ card: say("way.card"), device: deviceLabel() });

function typed(form: HTMLFormElement): (name: string) => string {
  const given = new FormData(form);
  return (name) => String(given.get(name) ?? "").trim();
}

export function showGuardian(isShared: boolean, go: Go): void {
  const view = stage("guardian");
  focusHeading();
  const age = Number(view.find("age").dataset.age);
  view.submit("guardian-form", async (form) => {
    const text = typed(form);
    const handOverOn = handOverDay(text("born"), age);
    if (Date.parse(handOverOn) <= Date.now()) return tell(say("custody.of-age"));
    const { session, words } = await make(isShared, labels(), { custody: "guardian", hand_over_on: handOverOn });
    const custody: Custody = { id: "", custody: "guardian", person: text("person"), by: text("by"), as: text("as"), since: new Date().toISOString(), handOverOn, inbox: null };
    await keepCustody(session, custody);
    await noteConsent(session, { act: "guardian-began", title: custody.person, to: custody.by, claims: [] });
    showCard(words, () => go(session));
  });
}

export function showCounter(go: Go): void {
  const view = stage("counter");
  focusHeading();
  view.submit("counter-form", async (form) => {
    const text = typed(form);
    const { session, words } = await make(true, labels(), { custody: "assisted" });
    const { inbox, slip } = await openInbox(session);
    const custody: Custody = { id: "", custody: "assisted", person: "", by: text("by"), as: text("as"), since: new Date().toISOString(), handOverOn: "", inbox };
    await keepCustody(session, custody);
    await noteConsent(session, { act: "assisted-began", title: custody.as, to: custody.by, claims: [] });
    showCard(words, async () => showSlip(slip, () => go(session)), "counter");
  });
}

function showSlip(slip: string, next: () => Promise<void>): void {
  const view = stage("slip");
  focusHeading();
  const address = `${location.origin}/wallet/vault#start=${slip}`;
  drawCode(view.find<SVGElement>("symbol"), [address]);
  view.find<HTMLInputElement>("address").value = address;
  view.press("print", async () => print());
  view.press("next", next);
}

// The caseworker's page: nothing of a vault is open here.
export function showStart(slip: string): void {
  const view = stage("start");
  focusHeading();
  view.submit("start-form", async (form) => {
    const text = typed(form);
    if (!(claimCode(text("link")) || isOffer(text("link")) || isQuestion(text("link")))) return tell(say("start.no-link"));
    try {
      await start(slip, { by: text("by"), office: text("office"), link: text("link"), note: text("note") });
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 413, 422].includes(error.status)) throw error;
      return tell(say(error.status === 413 ? "start.full" : "start.gone"));
    }
    form.reset();
    tell(say("start.done"));
  });
}

// Says on the first view by whom the vault is held, and what was started for its person.
export async function showHeld(view: View, session: Session, custody: Custody, open: Open): Promise<void> {
  view.write("held-by", heldBy(custody));
  if (!custody.inbox) return;
  const started = await startedFor(session, custody.inbox).catch(() => []);
  view.reveal("started", started.length > 0);
  view.find("started-list").replaceChildren(...started.map((one) => rowOf(session, one, open)));
}

function heldBy({ custody, person, by, as, handOverOn }: Custody): string {
  return say(`custody.${custody}`, { name: plain(person), to: `${plain(by)} (${plain(as)})`, date: handOverOn ? day(Date.parse(handOverOn)) : "" });
}

function rowOf(session: Session, one: Started, open: Open): HTMLElement {
  const row = new View(stamped("piece", "started") as HTMLElement);
  const by = `${plain(one.by)}, ${plain(one.office)}`;
  row.write("by", say("started.by", { to: by, date: day(one.on) }));
  row.write("link", plain(one.link));
  row.write("note", plain(one.note));
  const settled = async (act: string): Promise<void> => {
    await noteConsent(session, { act, title: plain(one.link).slice(0, 100), to: by, claims: [] });
    await settle(session, one);
  };
  row.press("approve", async () => {
    await settled("started-approved");
    await follow(session, one.link, open);
  });
  row.press("decline", async () => {
    await settled("started-declined");
    open("home", say("started.declined"));
  });
  return row.root;
}

// What was started goes on as if the person had brought the link: it is looked at before anything is kept or shown.
async function follow(session: Session, link: string, open: Open): Promise<void> {
  if (isQuestion(link)) return open(`question=${encodeURIComponent(link)}`);
  if (!isOffer(link)) return open(`claim=${claimCode(link) ?? ""}`);
  const [{ takeOffer }, { lookOrWait }] = await Promise.all([import("./vault_offer_view.ts"), import("./vault_home.ts")]);
  await takeOffer(session, link, (paper) => lookOrWait(paper, open));
}

export async function showCustody(session: Session, open: Open): Promise<void> {
  const custody = await custodyOf(session);
  if (!custody) return open("home");
  const view = stage("custody");
  focusHeading();
  view.write("held-by", heldBy(custody));
  view.write("since", say("custody.since", { date: day(Date.parse(custody.since)) }));
  const due = isDue(custody);
  for (const kind of ["guardian", "assisted"]) view.reveal(kind, custody.custody === kind);
  view.reveal("due", due);
  view.reveal("not-due", !due);
  view.press("hand-over", async () => {
    const before = new Set((await session.ways()).map(({ way }) => way.way));
    const words = await session.addCard(say("way.card"));
    showCard(words, async () => {
      const fresh = await handOver(session, custody, before);
      await fresh.close();
      location.replace("/wallet/vault#card=");
      location.reload();
    });
  });
}
