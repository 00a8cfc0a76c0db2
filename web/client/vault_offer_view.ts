// Takes what an offer holds out, with the number that it may ask for, and says whose it is.
import { plain, say, stamped } from "./page.ts";
import { beginAuthorization, returned } from "./vault_authorizing.ts";
import { preAuthorized, readOffer, take, type Here, type Offer, type Taken } from "./vault_offers.ts";
import { offered, type Paper } from "./vault_papers.ts";
import { courierOf } from "./vault_relay.ts";
import type { Session } from "./vault_session.ts";
import { issuerKey } from "./vault_tokens.ts";
import { focusHeading, stage } from "./vault_views.ts";

const BEGUN = "vault sign-in";

// What is given once is fetched once, and then shown before it is kept.
export async function takeOffer(session: Session, text: string, look: (paper: Paper) => void): Promise<void> {
  const here: Here = { courier: courierOf(session), origin: location.origin };
  const offer = await readOffer(text, here);
  if (!offer.code) return showSignIn(offer, here);
  const fetched = async (number: string): Promise<void> => look(await paperOf(await take(offer, preAuthorized(offer, number), here), here));
  if (!offer.asksNumber) return fetched("");
  const view = stage("number");
  focusHeading();
  view.write("number-from", say("offer.number-from", { host: new URL(offer.issuer).host }));
  view.write("number-hint", plain(offer.numberHint));
  view.submit("number-form", (form) => fetched((form.querySelector("input") as HTMLInputElement).value.trim()));
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

export async function afterSignIn(session: Session, query: string): Promise<Paper> {
  const kept = sessionStorage.getItem(BEGUN);
  sessionStorage.removeItem(BEGUN);
  const here: Here = { courier: courierOf(session), origin: location.origin };
  const { offer, grant } = returned(query, JSON.parse(kept ?? "null"), Date.now());
  return paperOf(await take(offer, grant, here), here);
}

async function paperOf(taken: Taken, { courier }: Here): Promise<Paper> {
  const paper = offered(taken.copies[0] as string);
  const { key, isListed } = await issuerKey(paper.text, courier).catch(() => ({ key: null, isListed: false }));
  return { ...paper, taken, seen: { courier, key: isListed ? null : key } };
}

// Says whose a certificate is that an offer gave: a name of the lists', or only what the issuer calls itself.
export async function tellIssuer(place: HTMLElement, { text, taken, seen }: Paper, isGood: boolean): Promise<void> {
  if (!taken || !seen) return;
  const { isListed } = await issuerKey(text, seen.courier).catch(() => ({ isListed: false }));
  const name = plain(taken.issuerName);
  const words = document.createElement("bdi");
  words.textContent = say(name ? "offer.from-named" : "offer.from", { host: new URL(taken.issuer).host, name });
  place.replaceChildren(words, " ", stamped("asker", isListed && isGood ? "listed" : "host") as HTMLElement);
  place.hidden = false;
}
