// Which states' lists this device keeps: all of them, or those of a corridor that a person chose.
import type { Lists } from "./lists.ts";
import { language, part, plain, say, stamped } from "./page.ts";

// Shows what is kept, and fills the choice.
export function showCorridor(lists: Lists): void {
  const kept = lists.parties.filter(({ code }) => !lists.elsewhere.includes(String(code)));
  const names = kept.map((party) => plain(party.names));
  part("corridor-kept").textContent = lists.elsewhere.length ? say("corridor.kept", { state: new Intl.ListFormat(language).format(names) }) : "";
  part("corridor-states").replaceChildren(...lists.parties.map((party) => choice(String(party.code), plain(party.names), kept.includes(party))));
}

function choice(code: string, name: string, isKept: boolean): HTMLElement {
  const label = stamped("corridor", "choice") as HTMLElement;
  const box = label.querySelector("input") as HTMLInputElement;
  [box.value, box.checked] = [code, isKept];
  (label.querySelector("bdi") as HTMLElement).textContent = `${name} (${code})`;
  return label;
}

// The codes of the states that are chosen; null for all, and where none is.
export function chosen(): string[] | null {
  const boxes = [...part("corridor-states").querySelectorAll<HTMLInputElement>("input")];
  const codes = boxes.filter(({ checked }) => checked).map(({ value }) => value);
  return codes.length && codes.length < boxes.length ? codes : null;
}

// The codes that a link to the page names, for a phone that keeps no lists yet.
export function named(): string[] | undefined {
  const codes = new URLSearchParams(location.search).get("states")?.split(",").filter(Boolean) ?? [];
  return codes.length ? codes : undefined;
}
