// The views before a vault is open: make one, print its card, open it by card, passkey or PIN.
import type { Bytes } from "./bytes.ts";
import { drawCode } from "./drawing.ts";
import { say, tell } from "./page.ts";
import { MalformedValue } from "./problems.ts";
import { Refused } from "./vault_api.ts";
import { make, openBy, openByHelper, openByPin, type Device, type Session } from "./vault_session.ts";
import { focusHeading, stage, type View } from "./vault_views.ts";
import { secretOf, usePasskey } from "./vault_ways.ts";
import { fromWords } from "./vault_words.ts";

export type Go = (session: Session) => Promise<void>;

const isShared = (view: View): boolean => view.find<HTMLInputElement>("shared").checked;

export function deviceLabel(): string {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0] ?? "";
  return say("way.device.named", { system });
}

export function showBeginning(go: Go): void {
  const view = stage("begin");
  view.reveal("use-passkey", "PublicKeyCredential" in globalThis);
  view.press("make", async () => {
    const { session, words } = await make(isShared(view), { card: say("way.card"), device: deviceLabel() });
    showCard(words, () => go(session));
  });
  view.press("have-card", async () => showOpening(null, "", go));
  view.press("use-passkey", () => byPasskey(view, go));
  view.press("for-minor", async () => (await import("./vault_custody_view.ts")).showGuardian(isShared(view), go));
  view.press("at-counter", async () => (await import("./vault_custody_view.ts")).showCounter(go));
}

async function byPasskey(view: View, go: Go): Promise<void> {
  const secret = await usePasskey().catch(() => null);
  if (!secret) return tell(say("passkey.none"));
  await go(await openBy(secret, isShared(view), deviceLabel()));
}

// The words stand on the page until the holder shows that they are on paper.
export function showCard(words: string[], next: () => Promise<void>, kind = "card"): void {
  const view = stage("card");
  for (const text of ["title", "lead", "use"]) view.write(text, say(`${kind}.${text}`));
  const items = words.map((word) => Object.assign(document.createElement("li"), { textContent: word }));
  view.find("words").replaceChildren(...items);
  drawCode(view.find<SVGElement>("symbol"), [`${location.origin}/wallet/vault#card=${words.join("-")}`]);
  view.press("print", async () => print());
  const asked = 1 + ((crypto.getRandomValues(new Uint8Array(1))[0] as number) % words.length);
  view.write("asked", say("card.which", { n: String(asked) }));
  view.submit("confirm", async (form) => {
    const typed = form.querySelector("input")?.value.trim().toLowerCase();
    if (typed === words[asked - 1]) return next();
    tell(say("card.differs"));
  });
  focusHeading();
}

// The words are of the holder's own card, or of a helper's.
async function byWords(code: Bytes, isShared: boolean): Promise<Session> {
  try {
    return await openBy(await secretOf(code, "card"), isShared, deviceLabel());
  } catch (error) {
    if (!(error instanceof Refused) || error.message !== "WAY_UNKNOWN") throw error;
    return openByHelper(code, isShared, deviceLabel());
  }
}

export function showOpening(device: Device | null, words: string, go: Go): void {
  const view = stage("open");
  view.reveal("pin-form", Boolean(device?.pin));
  view.reveal("passkey", Boolean(device?.passkey) || (!device && "PublicKeyCredential" in globalThis));
  view.reveal("shared-choice", !device);
  view.find<HTMLTextAreaElement>("typed").value = words;
  view.submit("pin-form", async (form) => {
    const input = form.querySelector("input") as HTMLInputElement;
    const pin = input.value;
    input.value = "";
    await go(await openByPin(pin, device as Device));
  });
  view.press("passkey", () => byPasskey(view, go));
  view.submit("card-form", async () => {
    try {
      const code = await fromWords(view.find<HTMLTextAreaElement>("typed").value);
      await go(await byWords(code, isShared(view)));
    } catch (error) {
      if (!(error instanceof MalformedValue)) throw error;
      tell(say("words.wrong"));
    }
  });
  focusHeading();
}
