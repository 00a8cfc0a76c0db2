// The view of the vault's own key: given to a centre before it issues; and the answer to whoever asks for its holder, without internet.
import type { Bytes } from "./bytes.ts";
import { questionIn } from "./challenge.ts";
import { drawCode } from "./drawing.ts";
import { plain, say, tell } from "./page.ts";
import { answerWith, asksAbout, givenKey, keyFor, makeKey } from "./vault_answering.ts";
import { documentOf } from "./vault_beside.ts";
import type { HolderKey } from "./vault_holder.ts";
import { lookAt, papersOf } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { focusHeading, stage, type View } from "./vault_views.ts";

export async function showKey(session: Session, digits: string): Promise<void> {
  const view = stage("key");
  focusHeading();
  const asked = questionIn(digits);
  if (asked) return showAsked(view, session, asked, digits);
  if (digits) tell(say("key.no-question"));
  const showMine = (key: HolderKey | null): void => {
    view.reveal("make", !key);
    view.reveal("mine", key !== null);
    view.reveal("photograph", key !== null);
    if (!key) return;
    keepReader();
    view.find<HTMLInputElement>("did").value = key.did;
    drawCode(view.find("did-code") as unknown as SVGElement, [key.did]);
  };
  showMine(givenKey(await session.records.all()));
  view.press("make-key", async () => {
    showMine(await makeKey(session));
    await session.records.synchronise().catch(() => undefined); // it is sent when there is internet
  });
}

// Whoever has a key keeps the page that reads a question from a photo, too; the vault's own worker leaves the reader out.
function keepReader(): void {
  void navigator.serviceWorker?.register("/wallet/key/worker.js", { scope: "/wallet/key" }).catch(() => undefined);
}

async function showAsked(view: View, session: Session, asked: Bytes, digits: string): Promise<void> {
  const key = keyFor(asked, await session.records.all());
  view.reveal(key ? "asked" : "other");
  view.find<HTMLAnchorElement>("phone").href = `/wallet/key#${digits}`;
  if (!key) return;
  const title = await titleOf(session, asked);
  view.write("about", title);
  view.reveal("known", title !== "");
  view.press("answer", async () => {
    const answer = await answerWith(key, asked);
    drawCode(view.find("answer-code") as unknown as SVGElement, [answer]);
    view.write("answer-digits", answer);
    view.reveal("asked", false);
    view.reveal("answered");
    view.find("answered").focus();
  });
}

// Returns what the certificate that is asked about is called, where it lies in this vault.
async function titleOf(session: Session, asked: Bytes): Promise<string> {
  for (const paper of await papersOf(session)) {
    const document = documentOf(paper);
    if (document && asksAbout(asked, document)) return plain((await lookAt(paper)).face?.title.value);
  }
  return "";
}
