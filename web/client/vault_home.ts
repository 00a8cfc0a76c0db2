// The views of an open vault: what is in it, one certificate, one that is offered, leaving.
import { documentsIn } from "./files.ts";
import type { JsonObject } from "./json.ts";
import { day, hour, say, tell } from "./page.ts";
import { save } from "./saving.ts";
import { ask } from "./vault_api.ts";
import { custodyOf } from "./vault_custody.ts";
import { encrypted } from "./vault_export.ts";
import { change, claimCode, inSimpleWallet, isToken, keep, keptAs, lookAt, moveIn, NOTHING, offered, papersOf, paperWith, type Paper, type Shown } from "./vault_papers.ts";
import { isInteraction, isOffer, isQuestion } from "./vault_places.ts";
import type { Session } from "./vault_session.ts";
import { cardOf, factsOf, focusHeading, namesOf, stage, type View } from "./vault_views.ts";

export type Open = (place: string, said?: string) => void;

export async function showHome(session: Session, open: Open): Promise<void> {
  const view = stage("home");
  focusHeading();
  view.reveal("shared-note", session.isShared);
  await Promise.all([told(view, session), held(view, session, open), helped(view, session, open), listed(view, session), adding(view, session, open), simple(view, session, open), coming(view, session, open)]);
}

async function told(view: View, session: Session): Promise<void> {
  const [synced, waiting] = await Promise.all([session.records.syncedAt(), session.records.waiting()]);
  view.write("synced", synced === null ? "" : say("synced", { date: hour(synced) }));
  view.reveal("waiting", waiting > 0);
  view.write("waits", say("waiting", { n: String(waiting) }));
}

// Somebody has a helper's card and asks to come in: the holder can say no.
async function helped(view: View, session: Session, open: Open): Promise<void> {
  const { ways } = await ask("/ways", { access: await session.access() }).catch(() => ({ ways: [] }));
  const asks = (ways as JsonObject[]).find(({ ready_at: ready }) => ready !== null);
  view.reveal("helper-asks", asks !== undefined);
  if (!asks) return;
  view.write("helper-when", say("helper.asks", { date: hour(Date.parse(String(asks.ready_at))) }));
  view.press("helper-cancel", async () => {
    await ask(`/ways/${String(asks.id)}/cancel`, { method: "POST", access: await session.access() });
    open("home", say("helper.cancelled"));
  });
}

// A guardian or a caseworker helps to hold it.
async function held(view: View, session: Session, open: Open): Promise<void> {
  const custody = await custodyOf(session);
  view.reveal("held", custody !== null);
  if (custody) await (await import("./vault_custody_view.ts")).showHeld(view, session, custody, open);
}

async function listed(view: View, session: Session): Promise<void> {
  const papers = await papersOf(session);
  view.reveal("empty", !papers.length);
  view.reveal("mine", papers.length > 0);
  view.reveal("abroad", papers.length > 0);
  const cards = papers.map((paper) => {
    const link = Object.assign(document.createElement("a"), { href: `#certificate=${paper.id}` });
    const draw = (card: HTMLElement): void => {
      link.className = card.className;
      link.replaceChildren(...card.childNodes);
    };
    draw(cardOf(null, "unknown", paper.kept));
    void lookAt(paper).then(({ face, standing }) => draw(cardOf(face, standing.state, paper.kept)));
    return link;
  });
  view.find("papers").replaceChildren(...cards);
}

// What an issuer was not ready to give, and fresh copies of what was shown.
async function coming(view: View, session: Session, open: Open): Promise<void> {
  const all = await session.records.all();
  if (all.some(({ content }) => content.tie && Number(content.shows) > 0)) void import("./vault_fresh.ts").then(({ freshen }) => freshen(session));
  if (all.some(({ content }) => content.kind === "later")) await (await import("./vault_later_view.ts")).showLater(view, session, open);
}

async function adding(view: View, session: Session, open: Open): Promise<void> {
  view.submit("add-link", async (form) => {
    const given = (form.querySelector("input") as HTMLInputElement).value;
    const value = isInteraction(given, location.origin) ? await wayOn(session, given) : given;
    if (isQuestion(value)) return open(`question=${encodeURIComponent(value.trim())}`);
    if (isOffer(value)) return (await import("./vault_offer_view.ts")).takeOffer(session, value, (paper) => lookOrWait(paper, open));
    const code = claimCode(value);
    if (!code) return tell(say("claim.none"));
    open(`claim=${code}`);
  });
  view.find<HTMLInputElement>("add-file").addEventListener("change", async ({ target }) => {
    const [file] = (target as HTMLInputElement).files ?? [];
    const [document] = file ? ((await documentsIn(file).catch(() => null)) ?? []) : [];
    if (!document || !file) return tell(say("file.none"));
    const text = file.name.toLowerCase().endsWith(".pdf") ? JSON.stringify(document) : await file.text();
    const kept = await besideMine(session, document, text);
    if (kept) return open(`word=${kept}`, say("word.kept"));
    pending = offered(text);
    open("offer");
  });
}

async function wayOn(session: Session, text: string): Promise<string> {
  const [interaction, { courierOf }] = await Promise.all([import("./vault_interaction.ts"), import("./vault_relay.ts")]);
  return interaction.wayOn(text, { courier: courierOf(session), origin: location.origin });
}

// What a state said of a certificate that is here is kept beside it; returns its record.
async function besideMine(session: Session, document: JsonObject, text: string): Promise<string | null> {
  const { documentOf, isAbout, keepWord } = await import("./vault_beside.ts");
  const certificates = (await papersOf(session)).map(documentOf).filter((one) => one !== null);
  return certificates.some((certificate) => isAbout(document, certificate)) ? keepWord(session, text) : null;
}

let pending: Paper | null = null;

function look(paper: Paper, open: Open): void {
  pending = paper;
  open("offer");
}

export function offer(paper: Paper): void {
  pending = paper;
}

// Nothing came of an offer yet: it is told, and is among what is on its way.
export function lookOrWait(paper: Paper | null, open: Open): void {
  if (paper) look(paper, open);
  else open("home", say("later.told"));
}

async function simple(view: View, session: Session, open: Open): Promise<void> {
  const found = await inSimpleWallet().catch(() => NOTHING);
  view.reveal("simple", found.certificates.length > 0 && !session.isShared);
  view.press("move-in", async () => {
    await moveIn(session, found);
    open("home", say("moved"));
  });
}

function face(view: View, { face: shown, standing }: Shown, kept: string): void {
  view.find("card").replaceChildren(cardOf(shown, standing.state, kept));
  view.write("standing", say(`standing.${standing.state}`, { date: standing.asOf === null ? "" : day(standing.asOf) }));
  view.reveal("what", shown !== null);
  if (!shown) return;
  view.find("names").replaceChildren(...namesOf(shown));
  view.find("facts").replaceChildren(...factsOf(shown));
}

export async function showOffer(session: Session, open: Open): Promise<void> {
  const paper = pending;
  if (!paper) return open("home");
  const had = await keptAs(session, paper);
  if (had) {
    return open(`certificate=${had}`, say("offer.had"));
  }
  const shown = await lookAt(paper);
  const view = stage("offer");
  focusHeading();
  face(view, shown, paper.kept);
  view.reveal("keep", shown.standing.state !== "not-genuine");
  if (paper.taken) void import("./vault_offer_view.ts").then(({ tellIssuer }) => tellIssuer(view.find("from"), paper, shown.face !== null));
  if (shown.standing.state === "not-genuine") void paper.settled?.("credential_failure");
  view.reveal("leave", paper.taken !== undefined);
  view.press("leave", async () => {
    pending = null;
    await paper.settled?.("credential_deleted");
    open("home", say("offer.left"));
  });
  view.press("keep", async () => {
    const id = await keep(session, paper);
    pending = null;
    await paper.settled?.("credential_accepted");
    open(`certificate=${id}`, say("offer.kept"));
  });
}

export async function showCertificate(session: Session, id: string, open: Open): Promise<void> {
  const paper = await paperWith(session, id);
  if (!paper) return open("home");
  const view = stage("certificate");
  focusHeading();
  const shown = await lookAt(paper);
  face(view, shown, paper.kept);
  view.write("heading", shown.face?.title.value ?? say("kind.certificate"));
  view.find<HTMLTextAreaElement>("note").value = paper.note;
  view.submit("note-form", async () => {
    await change(session, paper, { note: view.find<HTMLTextAreaElement>("note").value.slice(0, 2000) });
    tell(say("note.kept"));
  });
  view.find<HTMLAnchorElement>("share").href = `#share=${id}`;
  view.reveal("share", (await custodyOf(session))?.custody !== "guardian");
  view.press("download", async () => isToken(paper.text) ? save("certificate.txt", paper.text, "text/plain") : save("certificate.json", paper.text, "application/vc"));
  view.submit("remove", async () => {
    await session.records.remove(paper.id);
    await leftAlone(session, paper);
    open("home", say("removed"));
  });
  void import("./vault_words_view.ts").then(({ showBeside }) => showBeside(view, session, paper));
  void import("./vault_correcting_view.ts").then(({ showAsked }) => showAsked(view, session, paper, shown.face !== null));
  await doubled(view, session, paper, open);
}

async function leftAlone(session: Session, paper: Paper): Promise<void> {
  const { documentOf, dropBeside } = await import("./vault_beside.ts");
  const document = documentOf(paper);
  if (document) await dropBeside(session, document, await papersOf(session));
}

// Two devices changed the certificate's record: both are kept until the holder says which.
async function doubled(view: View, session: Session, paper: Paper, open: Open): Promise<void> {
  const other = paper.beside ? await paperWith(session, paper.beside) : ((await papersOf(session)).find(({ beside }) => beside === paper.id) ?? null);
  view.reveal("doubled", other !== null);
  if (!other) return;
  view.write("other-note", other.note || say("note.none"));
  const settle = async (kept: Paper, dropped: Paper): Promise<void> => {
    await change(session, kept, { beside: null });
    await session.records.remove(dropped.id);
    open(`certificate=${kept.id}`);
  };
  view.press("keep-this", () => settle(paper, other));
  view.press("keep-other", () => settle(other, paper));
}

export function showLeaving(session: Session): void {
  const view = stage("leave");
  focusHeading();
  view.submit("export", async (form) => {
    const input = form.querySelector("input") as HTMLInputElement;
    if ([...input.value].length < 10) return tell(say("export.short"));
    const records = (await session.records.all()).map(({ content }) => content).filter(({ kind }) => kind !== "way");
    save("vault.jwe", await encrypted({ vault: session.vault.id, exported: new Date().toISOString(), records }, input.value), "application/jose");
    input.value = "";
    tell(say("export.done"));
  });
  view.press("forget", async () => {
    const { own } = await session.device();
    if (own) await ask(`/ways/${own.way}`, { method: "DELETE", access: await session.access() }).catch(() => undefined);
    await session.close();
    location.replace("/wallet/vault");
    location.reload();
  });
  view.submit("delete", async () => {
    await ask("/vault", { method: "DELETE", access: await session.access() });
    await session.close();
    location.replace("/wallet/vault");
    location.reload();
  });
}
