// What is on its way, on the home of a vault; and what came of it, to be looked at before it is kept.
import { hour, plain, say, stamped, tell } from "./page.ts";
import { Refused, Unanswered, Unreachable } from "./vault_api.ts";
import type { Open } from "./vault_home.ts";
import { allExpected, askForDue, takenOf, type Expected } from "./vault_later.ts";
import { paperOf } from "./vault_offer_view.ts";
import type { Here } from "./vault_offers.ts";
import type { Paper } from "./vault_papers.ts";
import { courierOf } from "./vault_relay.ts";
import type { Session } from "./vault_session.ts";
import { View } from "./vault_views.ts";

const LONGEST = 600_000; // that a page waits for the next time

export async function showLater(view: View, session: Session, open: Open): Promise<void> {
  const here: Here = { courier: courierOf(session), origin: location.origin };
  const all = await allExpected(session);
  view.reveal("later", all.length > 0);
  view.find("later-list").replaceChildren(...all.map((one) => row(one, session, open)));
  const times = all.flatMap(({ state, at }) => (state === "waits" ? [at] : []));
  const wait = Math.min(...times) - Date.now();
  if (wait < LONGEST) setTimeout(() => void again(view, all, { session, open, here }), Math.max(0, wait));
}

interface Place {
  session: Session;
  open: Open;
  here: Here;
}

// Asks as long as the home is what is shown; another view of it may have asked meanwhile. Nobody answering now is asked when the home is
// shown next.
async function again(view: View, shown: Expected[], { session, open, here }: Place): Promise<void> {
  if (!view.root.isConnected) return;
  try {
    await askForDue(session, here);
  } catch (error) {
    if (error instanceof Unanswered || error instanceof Unreachable || error instanceof Refused) return;
    throw error;
  }
  if (!view.root.isConnected) return;
  const readyIn = (all: Expected[]): number => all.filter(({ state }) => state === "ready").length;
  const now = await allExpected(session);
  await showLater(view, session, open);
  if (readyIn(now) > readyIn(shown)) tell(say("later.ready"));
}

function row(one: Expected, session: Session, open: Open): HTMLElement {
  const view = new View(stamped("piece", `later-${one.state}`) as HTMLElement);
  const host = new URL(one.tie.offer.issuer).host;
  view.write("title", plain(one.tie.title) || say("kind.certificate"));
  view.write("state", say(`later.${one.state}`, { host, date: hour(one.at) }));
  if (one.state === "ready") view.find<HTMLAnchorElement>("to").href = `#ready=${one.record}`;
  else view.press("drop", async () => {
    await session.records.remove(one.record);
    await session.records.synchronise();
    open("home", say("later.dropped"));
  });
  return view.root;
}

// Returns what came, to be looked at; null where another device had it already.
export async function readyPaper(session: Session, record: string): Promise<Paper | null> {
  const found = (await allExpected(session)).find((one) => one.record === record && one.state === "ready");
  if (!found) return null;
  const here: Here = { courier: courierOf(session), origin: location.origin };
  const paper = await paperOf(takenOf(found), here);
  return {
    ...paper,
    settled: async (event) => {
      await session.records.remove(record);
      await paper.settled?.(event);
    },
  };
}
