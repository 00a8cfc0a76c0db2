// Takes what an offer holds out, with the number that it may ask for, and says whose it is.
import { plain, say, stamped } from "./page.ts";
import { beginAuthorization, returned } from "./vault_authorizing.ts";
import { preAuthorized, type Grant } from "./vault_access.ts";
import { ForeignOffer } from "./vault_api.ts";
import { isLater, notify, take, type Taken } from "./vault_issuance.ts";
import { expect } from "./vault_later.ts";
import { readOffer, type Here, type Offer } from "./vault_offers.ts";
import { offered, type Paper } from "./vault_papers.ts";
import { courierOf } from "./vault_relay.ts";
import type { Session } from "./vault_session.ts";
import { issuerKey } from "./vault_tokens.ts";
import { focusHeading, stage } from "./vault_views.ts";

const BEGUN = "vault sign-in";

type Look = (paper: Paper | null) => void;

// What is given once is fetched once, and then shown before it is kept; null where it is given later.
export async function takeOffer(session: Session, text: string, look: Look): Promise<void> {
  const here: Here = { courier: courierOf(session), origin: location.origin };
  const offer = await readOffer(text, here);
  if (!offer.code) return elsewhere(text, offer, () => showSignIn(offer, here));
  const fetched = (number: string): Promise<void> => elsewhere(text, offer, async () => look(await given(session, offer, preAuthorized(offer, number), here)));
  if (!offer.asksNumber) return fetched("");
  const view = stage("number");
  focusHeading();
  view.write("number-from", say("offer.number-from", { host: new URL(offer.issuer).host }));
  view.write("number-hint", plain(offer.numberHint));
  view.submit("number-form", (form) => fetched((form.querySelector("input") as HTMLInputElement).value.trim()));
}

async function given(session: Session, offer: Offer, grant: Grant, here: Here): Promise<Paper | null> {
  const found = await take(offer, grant, here);
  if (!isLater(found)) return paperOf(found, here);
  await expect(session, found);
  await session.records.synchronise().catch(() => 0); // it waits on this device until then
  return null;
}

// An issuer that wants keys in certified hardware, or a wallet whose maker it knows, is told apart: another wallet can take its offer, which is not used up.
async function elsewhere(text: string, { issuer }: Offer, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ForeignOffer) || error.why === "form") throw error;
    const view = stage("elsewhere");
    focusHeading();
    view.write("why", say(`offer.${error.why}`, { host: new URL(issuer).host }));
    const isLink = /^openid-credential-offer:/i.test(text.trim());
    view.reveal("other", isLink);
    if (isLink) view.find<HTMLAnchorElement>("other").href = text.trim();
  }
}

// What was begun is remembered in this tab alone, and once.
async function showSignIn(offer: Offer, here: Here): Promise<void> {
  const { url, begun } = await beginAuthorization(offer, `${location.origin}/wallet/vault`, here);
  const view = stage("sign-in");
  focusHeading();
  view.write("host", say("offer.sign-in", { host: new URL(url).host }));
  view.press("go", async () => {
    sessionStorage.setItem(BEGUN, JSON.stringify(begun));
    location.assign(url);
  });
}

export async function afterSignIn(session: Session, query: string): Promise<Paper | null> {
  const kept = sessionStorage.getItem(BEGUN);
  sessionStorage.removeItem(BEGUN);
  const here: Here = { courier: courierOf(session), origin: location.origin };
  const { offer, grant } = returned(query, JSON.parse(kept ?? "null"), Date.now());
  return given(session, offer, grant, here);
}

export async function paperOf(taken: Taken, here: Here): Promise<Paper> {
  const { courier } = here;
  const paper = offered(taken.copies[0] as string);
  const { key, isListed } = await issuerKey(paper.text, courier).catch(() => ({ key: null, isListed: false }));
  return { ...paper, taken, seen: { courier, key: isListed ? null : key }, settled: (event) => notify(taken, event, here) };
}

// Says whose a certificate is that an offer gave: a name of the lists', or only what the issuer calls itself.
export async function tellIssuer(place: HTMLElement, { text, taken, seen }: Paper, isGood: boolean): Promise<void> {
  if (!taken || !seen) return;
  const { isListed } = await issuerKey(text, seen.courier).catch(() => ({ isListed: false }));
  const name = plain(taken.tie.issuerName);
  const words = document.createElement("bdi");
  words.textContent = say(name ? "offer.from-named" : "offer.from", { host: new URL(taken.tie.offer.issuer).host, name });
  place.replaceChildren(words, " ", stamped("asker", isListed && isGood ? "listed" : "host") as HTMLElement);
  place.hidden = false;
}
