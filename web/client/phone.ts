// The question to the person's phone: shown as a code, and its answer read by this device's camera. It is asked once.
import type { Bytes } from "./bytes.ts";
import { answerIn, answers, holderOf, question, questionDigits } from "./challenge.ts";
import { drawCode } from "./drawing.ts";
import type { JsonObject } from "./json.ts";
import { part, say } from "./page.ts";

const LASTS = 300_000; // milliseconds

let open: { asked: Bytes; holder: string; until: number } | null = null;

// Offers the question where the certificate names a key; `read` starts the camera.
export function resetPhone(document: JsonObject | null, read: () => void): void {
  const holder = document && holderOf(document);
  open = null;
  part("phone").hidden = !holder;
  part<HTMLDetailsElement>("phone").open = false;
  part("question-shown").hidden = true;
  part("phone-said").textContent = "";
  part("read-answer").onclick = read;
  part("ask-phone").onclick = () => {
    if (!document || !holder) return;
    const asked = question(document, crypto.getRandomValues(new Uint8Array(16)));
    open = { asked, holder, until: Date.now() + LASTS };
    const address = location.origin.toUpperCase(); // a path has its case, and is where the phone's page is kept
    drawCode(part("question") as unknown as SVGElement, [address, "/wallet/key#", questionDigits(asked)]);
    part("question-shown").hidden = false;
    part("phone-said").textContent = "";
    part("read-answer").focus();
  };
}

// Takes an answer among texts that were read; tells whether there was one.
export async function heard(texts: string[]): Promise<boolean> {
  const signature = texts.map(answerIn).find(Boolean);
  if (!signature) return false;
  const said = !open ? "none" : Date.now() > open.until ? "late" : (await answers(open.asked, signature, open.holder)) ? "yes" : "no";
  if (said !== "no") open = null;
  part("question-shown").hidden = said !== "no";
  part("phone-said").textContent = say(`phone.${said}`);
  part("phone-said").focus();
  return true;
}
