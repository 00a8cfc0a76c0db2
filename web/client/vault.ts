// The page of the vault. Its key is made here and stays here; the server gets ciphertext.
import { hour, say, tell } from "./page.ts";
import { MalformedValue } from "./problems.ts";
import { ForeignOffer, Refused, Unanswered, Unreachable } from "./vault_api.ts";
import { offer, showCertificate, showHome, showLeaving, showOffer } from "./vault_home.ts";
import { showBeginning, showOpening } from "./vault_opening.ts";
import { claimed, type Paper } from "./vault_papers.ts";
import { PLACES } from "./vault_places.ts";
import { atStart, DAYS_WITHOUT_SERVER, Session, type Device } from "./vault_session.ts";
import { showLink, showShare, showShown } from "./vault_shares_view.ts";
import { forget, onDevice } from "./vault_store.ts";
import { stage, whenTroubled } from "./vault_views.ts";
import { showWays } from "./vault_ways_view.ts";

const DAY = 86_400_000;

let session: Session | null = null;
let wanted = "";
let saying = ""; // what the next view is shown with

function words(error: unknown): string {
  if (error instanceof Unreachable) return say("trouble.offline");
  if (error instanceof Unanswered) return say("trouble.unanswered");
  if (error instanceof ForeignOffer) return say("trouble.foreign-offer");
  if (error instanceof MalformedValue) return say("trouble.malformed");
  if (!(error instanceof Refused)) return say("trouble.unexpected");
  if (error.message === "HELPER_WAITS") return say("trouble.HELPER_WAITS", { date: hour(Date.parse(String(error.document.ready_at))) });
  if (error.message === "PIN_WRONG") return say(error.document.tries_left ? "trouble.PIN_WRONG" : "trouble.PIN_LOCKED", { n: String(error.document.tries_left) });
  return say(["WAY_UNKNOWN", "VAULT_FULL", "VAULT_CHANGED", "VAULT_CLOSED", "LAST_CARD", "RELAY_BUSY", "VAULT_GUARDED"].includes(error.message) ? `trouble.${error.message}` : "trouble.unexpected");
}

async function troubled(error: unknown): Promise<void> {
  if (error instanceof Refused && error.message === "VAULT_CLOSED") await closed();
  tell(words(error));
  if (!(error instanceof Refused || error instanceof Unreachable || error instanceof MalformedValue || error instanceof ForeignOffer || error instanceof Unanswered)) console.error(error);
}

// The vault has another key. A device that asks for a PIN or a passkey asks again; one that opened by itself was taken away.
async function closed(): Promise<void> {
  const device = session && !session.isShared ? await session.device() : null;
  session = null;
  if (device?.pin || device?.passkey) return showOpening(device, "", entered);
  if (device) await forget(onDevice);
  showBeginning(entered);
}

// What stands behind `#` is where in the vault one is; a card's words are taken out of the address at once. Digits alone are a question
// to the holder's key, whose address this page answers without internet, too.
function place(): [string, string] {
  const [name = "", value = ""] = location.hash.slice(1).split("=");
  return /^[1-9][0-9]+$/.test(name) ? ["key", name] : [name, value];
}

function open(to: string, said = ""): void {
  saying = said;
  if (location.hash.slice(1) === to) void show();
  else location.hash = to;
}

async function show(): Promise<void> {
  const [name, value] = place();
  if (name === "card") return withCard(value);
  if (name === "start") return withSlip(value);
  if (!session) return;
  tell(saying);
  saying = "";
  try {
    if (name === "certificate") await showCertificate(session, value, open);
    else if (name === "claim") await given(session, () => claimed(value));
    else if (name === "returned") await given(session, (by) => cameBack(by, decodeURIComponent(value)), say("later.told"));
    else if (name === "ready") await given(session, (by) => ready(by, value));
    else if (name === "offer") await showOffer(session, open);
    else if (name === "share") await showShare(session, value, open);
    else if (name === "link") await showLink(session, value, open);
    else if (name === "shown") await showShown(session);
    else if (name === "ways") await showWays(session, rekeyed);
    else if (name === "leave") showLeaving(session);
    else if (PLACES[name]) await PLACES[name](session, value, open);
    else await showHome(session, open);
  } catch (error) {
    await troubled(error);
  }
  document.documentElement.dataset.ready = "yes";
}

async function ready(by: Session, record: string): Promise<Paper | null> {
  return (await import("./vault_later_view.ts")).readyPaper(by, record);
}

async function cameBack(by: Session, query: string): Promise<Paper | null> {
  return (await import("./vault_offer_view.ts")).afterSignIn(by, query);
}

// What is given once is shown before it is kept.
async function given(by: Session, fetched: (by: Session) => Promise<Paper | null>, orElse = ""): Promise<void> {
  stage("wait");
  try {
    const paper = await fetched(by);
    if (!paper) return open("home", orElse);
    offer(paper);
  } catch (error) {
    await showHome(by, open);
    throw error;
  }
  await showOffer(by, open);
}

async function rekeyed(by: Session): Promise<void> {
  session = by;
  await showWays(by, rekeyed);
  await exchange();
}

function withCard(value: string): void {
  history.replaceState(null, "", location.pathname + location.search);
  session = null;
  showOpening(null, value.replaceAll("-", " "), entered);
  document.documentElement.dataset.ready = "yes";
}

// A caseworker's slip opens no vault, and the address keeps it.
async function withSlip(value: string): Promise<void> {
  session = null;
  (await import("./vault_custody_view.ts")).showStart(value);
  document.documentElement.dataset.ready = "yes";
}

async function entered(by: Session): Promise<void> {
  session = by;
  if (wanted) history.replaceState(null, "", `#${wanted}`);
  wanted = "";
  await show();
  await exchange();
}

// Sends what waits and gets what is new. What two devices changed is told.
async function exchange(): Promise<void> {
  if (!session) return;
  try {
    const before = await session.records.cursor();
    const waiting = await session.records.waiting();
    const done = await session.synchronise();
    const isNew = session !== done.session || waiting > 0 || before !== (await done.session.records.cursor());
    session = done.session;
    if (isNew && ["", "home"].includes(place()[0])) await showHome(session, open);
    if (done.doubled) tell(say("both-kept"));
  } catch (error) {
    if (!(error instanceof Unreachable)) return troubled(error);
    const synced = (await session.records.syncedAt()) ?? 0;
    if (Date.now() - synced > DAYS_WITHOUT_SERVER * DAY) {
      session = null;
      stage("too-long");
    }
  }
  document.documentElement.dataset.exchanged = String(Date.now());
}

function locked(device: Device | null): void {
  wanted = location.hash.slice(1);
  if (device) showOpening(device, "", entered);
  else showBeginning(entered);
  document.documentElement.dataset.ready = "yes";
}

// An issuer's page sends the browser back with a code, which is taken out of the address at once.
function backFromIssuer(): void {
  const given = new URLSearchParams(location.search);
  if (!given.has("state") || !(given.has("code") || given.has("error"))) return;
  history.replaceState(null, "", `${location.pathname}#returned=${encodeURIComponent(given.toString())}`);
}

async function begin(): Promise<void> {
  whenTroubled((error) => void troubled(error));
  addEventListener("hashchange", () => void show());
  addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    if (link && link.hash === location.hash) void show(); // back to where one is by the address, from a view that has none
  });
  addEventListener("online", () => void exchange());
  void navigator.serviceWorker?.register("/wallet/worker.js", { scope: "/wallet" }).catch(() => undefined);
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return void stage("unable");
  if (place()[0] === "card") return withCard(place()[1]);
  if (place()[0] === "start") return withSlip(place()[1]);
  backFromIssuer();
  try {
    const found = await atStart();
    if (found instanceof Session) await entered(found);
    else locked(found);
  } catch (error) {
    locked(null);
    await troubled(error);
  }
}

void begin();
