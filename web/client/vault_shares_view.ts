// The views of showing a certificate: make a link, look at it, stop it, and the record of what was shown.
import { drawCode } from "./drawing.ts";
import { day, hour, plain, say, stamped, tell } from "./page.ts";
import { consentsOf } from "./vault_consents.ts";
import type { Open } from "./vault_home.ts";
import { isToken, lookAt, paperWith } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { allOf, isOpen, linksOf, makeLink, stopLink, type Link } from "./vault_shares.ts";
import { factsOf, focusHeading, labelOf, namesOf, stage, View } from "./vault_views.ts";

const SHORTEST_PASSCODE = 6;

export async function showShare(session: Session, id: string, open: Open): Promise<void> {
  const paper = await paperWith(session, id);
  if (!paper) return open("home");
  const view = stage("share");
  focusHeading();
  const { face } = await lookAt(paper);
  view.find<HTMLAnchorElement>("back").href = `#certificate=${id}`;
  const offered = isToken(paper.text) ? await import("./vault_parts.ts") : null;
  const parts = offered?.partsOf(paper.text) ?? null;
  const choice = parts && offered ? offered.choices(parts) : null;
  view.reveal("parts", choice !== null);
  view.find("part-list").replaceChildren(...(choice?.rows ?? []));
  view.write("always", parts?.always.length ? say("share.always", { claims: parts.always.join(", ") }) : "");
  view.reveal("one-piece", !choice);
  view.reveal("what", face !== null && !choice);
  if (face) {
    view.find("names").replaceChildren(...namesOf(face));
    view.find("facts").replaceChildren(...factsOf(face));
  }
  view.submit("share-form", async (form) => {
    const given = new FormData(form);
    const passcode = String(given.get("passcode") ?? "");
    if (passcode && [...passcode].length < SHORTEST_PASSCODE) return tell(say("passcode.short"));
    const wish = { lasts: String(given.get("lasts")), views: Number(given.get("views")) || null, passcode };
    const shows = parts && offered && choice ? offered.shownOf(parts, choice.picked()) : allOf(paper);
    open(`link=${await makeLink(session, paper, plain(face?.title.value) || say("kind.certificate"), wish, shows)}`);
  });
}

export async function showLink(session: Session, id: string, open: Open): Promise<void> {
  const link = (await linksOf(session)).find((one) => one.id === id);
  if (!link) return open("home");
  const view = stage("link");
  focusHeading();
  const works = isOpen(link) && link.address.length > 0;
  view.write("heading", say("link.of", { title: link.title }));
  view.reveal("works", works);
  view.reveal("over", !isOpen(link));
  view.write("ends", ending(link));
  view.write("limit", link.mostViews === null ? "" : say("link.most", { n: String(link.mostViews) }));
  view.write("left", link.left.length ? say("link.left", { claims: link.left.join(", ") }) : "");
  view.reveal("has-passcode", link.hasPasscode);
  const views = link.views.map(({ on, times }) => Object.assign(document.createElement("li"), { textContent: say("link.viewed", { date: day(on), n: String(times) }) }));
  view.find("views").replaceChildren(...views);
  view.reveal("no-views", !views.length);
  if (!works) return;
  const address = `${location.origin}/s/${link.id}#${link.address.at(-1) ?? ""}`;
  drawCode(view.find<SVGElement>("symbol"), link.address);
  view.find<HTMLInputElement>("address").value = address;
  view.press("copy", async () => {
    view.find<HTMLInputElement>("address").select();
    await navigator.clipboard.writeText(address).catch(() => undefined);
    tell(say("link.copied"));
  });
  view.press("stop", async () => {
    await stopLink(session, link);
    open(`link=${id}`);
  });
}

function ending(link: Link): string {
  if (link.stoppedAt !== null) return say("link.was-stopped", { date: day(link.stoppedAt) });
  if (link.isLocked) return say("link.locked");
  if (Date.now() >= link.endsAt) return say("link.has-ended", { date: day(link.endsAt) });
  return say(isOpen(link) ? "link.ends" : "link.used-up", { date: hour(link.endsAt) });
}

export async function showShown(session: Session): Promise<void> {
  const [{ consents, whole }, links] = await Promise.all([consentsOf(session), linksOf(session)]);
  const view = stage("shown");
  focusHeading();
  view.reveal("broken", !whole);
  view.reveal("nothing", !consents.length && !links.length);
  view.reveal("links", links.length > 0);
  const rows = links.map((link) => {
    const row = new View(stamped("piece", "link") as HTMLElement);
    row.find<HTMLAnchorElement>("to").href = `#link=${link.id}`;
    row.write("label", link.title || say("kind.certificate"));
    row.write("state", ending(link));
    return row.root;
  });
  view.find("link-list").replaceChildren(...rows);
  view.reveal("consents", consents.length > 0);
  const lines = consents.map(({ at, act, title, to, claims }) => {
    const said = say(`consent.${act}`, { date: hour(at), title, to, claims: claims.map(labelOf).join(", ") });
    return Object.assign(document.createElement("li"), { textContent: said });
  });
  view.find("consent-list").replaceChildren(...lines);
}
