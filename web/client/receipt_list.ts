// The receipts on this device: open, save as a file, check again, remove.
import { hour, part, say } from "./page.ts";
import { forget, keptReceipts, readReceipt, type Receipt } from "./receipts.ts";
import { save } from "./saving.ts";

export async function listReceipts(): Promise<void> {
  const kept = await keptReceipts().catch(() => []);
  part("receipts").replaceChildren(...(await Promise.all(kept.map(line))));
  part("no-receipts").hidden = kept.length > 0;
}

// Returns a receipt in words; it says so when it was changed.
export async function inWords(text: string): Promise<string> {
  const said = await readReceipt(text);
  if (!said) return say("receipt-changed");
  const when = hour(Number(said.iat) * 1000);
  const headline = say(`verdict.${String(said.verdict)}`, { state: String(said.state ?? ""), origin: "—", until: "—" });
  return say("receipt-good", { when, headline });
}

async function line(receipt: Receipt): Promise<HTMLElement> {
  const item = document.createElement("li");
  const words = document.createElement("p");
  words.textContent = await inWords(receipt.text);
  const row = document.createElement("div");
  row.className = "row";
  row.append(
    button(say("receipt-save"), () => save(`${receipt.name.replaceAll(/[ :.]/g, "-")}.jws`, receipt.text, "application/jose")),
    button(say("receipt-remove"), () => void forget(receipt).then(listReceipts)),
  );
  item.append(words, row);
  return item;
}

function button(words: string, act: () => void): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn--s btn--plain";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}
