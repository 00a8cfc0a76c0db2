// The page on a worker's phone: a key that never leaves it, shown to the centre once; questions are answered with it when its holder
// says so.
import { base58, joined, type Bytes } from "./bytes.ts";
import { answerDigits, isFor, questionDigits, questionIn, signed } from "./challenge.ts";
import { get, put } from "./database.ts";
import { drawCode } from "./drawing.ts";
import { part, say, tell } from "./page.ts";
import { reader } from "./reading.ts";

const KEY = "holder-key";
const PAGE = "/wallet/key";
const FROM_VAULT = "#vault"; // whose holder only wants to photograph a question
const ED25519 = Uint8Array.of(0xed, 0x01);

interface Held {
  did: string;
  key: CryptoKey;
}

async function made(): Promise<Held> {
  const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const held = { did: `did:key:z${base58(joined(ED25519, raw))}`, key: pair.privateKey };
  await put([[KEY, held]]);
  return held;
}

function showKey(held: Held | null): void {
  part("make").hidden = Boolean(held) || location.hash === FROM_VAULT;
  part("mine").hidden = !held;
  if (!held) return;
  part<HTMLInputElement>("did").value = held.did;
  drawCode(part("did-code") as unknown as SVGElement, [held.did]);
}

async function asked(text: string): Promise<void> {
  const question = questionIn(text);
  const held = await get<Held>(KEY);
  part("asked").hidden = true;
  part("answered").hidden = true;
  part("vault").hidden = true;
  if (!question) return tell(say("no-question"));
  if (!held || !isFor(question, held.did)) {
    part("vault").hidden = false;
    part<HTMLAnchorElement>("by-vault").href = `/wallet/vault#key=${questionDigits(question)}`;
    return tell(say(held ? "other-key" : "no-key"));
  }
  tell("");
  part("asked").hidden = false;
  part("asked").focus();
  part("answer").onclick = () => void answer(question, held);
}

async function answer(question: Bytes, { key }: Held): Promise<void> {
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key, signed(question)));
  drawCode(part("answer-code") as unknown as SVGElement, [answerDigits(signature)]);
  part("answer-digits").textContent = answerDigits(signature);
  part("asked").hidden = true;
  part("answered").hidden = false;
  part("answered").focus();
}

async function photographed(file: Blob): Promise<void> {
  const texts = await (await reader())(file).catch(() => []);
  await asked(texts.find((text) => questionIn(text)) ?? "");
}

async function begin(): Promise<void> {
  part("make-key").onclick = async () => showKey(await made().catch(() => (tell(say("cannot")), null)));
  part("question").addEventListener("change", (event) => {
    const [file] = (event.target as HTMLInputElement).files ?? [];
    if (file) void photographed(file);
  });
  addEventListener("hashchange", () => void asked(location.hash));
  showKey(await get<Held>(KEY));
  if (location.hash.length > 1 && location.hash !== FROM_VAULT) await asked(location.hash);
  const working = await navigator.serviceWorker?.register("/wallet/key/worker.js", { scope: PAGE }).catch(() => undefined);
  if (working) await navigator.serviceWorker.ready;
  document.documentElement.dataset.ready = "yes";
}

void begin();
