// Several people one after the other: a line for each, on this page alone, until it is closed or saved.
import { part, say } from "./page.ts";
import { csv, save } from "./saving.ts";

export interface Scan {
  name: string;
  headline: string;
  state: string;
  time: string;
  same: string;
  digits: string;
  holder: string; // the mark of the person's key; empty where there is none
}

const scans: Scan[] = [];
const seen = new Set<string>();

// Tells whether a code was read before, on this page: the camera sees the same paper many times.
export function isNew(digits: string): boolean {
  if (seen.has(digits)) return false;
  seen.add(digits);
  return true;
}

export function remember(scan: Scan): void {
  scans.push(scan);
  told();
}

// The other certificates in the list that bear the same name, and do not name another key.
export function besides({ digits, name, holder }: Scan): string[] {
  const alike = scans.filter((one) => name && one.name === name && one.digits !== digits);
  const known = holder || alike.find((one) => one.holder)?.holder;
  return [...new Set(alike.filter((one) => !one.holder || one.holder === known).map((one) => one.digits))];
}

// Notes what was said of the fifth question for the last who was checked.
export function noted(same: string): void {
  const last = scans.at(-1);
  if (last) last.same = same;
  told();
}

function told(): void {
  const lines = scans.map(({ name, headline, same }) => {
    const line = document.createElement("li");
    line.textContent = [`${name || "—"}: ${headline}`, same].filter(Boolean).join(" · ");
    return line;
  });
  part("scans").replaceChildren(...lines);
  part("several").hidden = !scans.length;
  part("counted").textContent = say("counted", { n: String(scans.length) });
}

export function saveScans(): void {
  const rows = scans.map(({ name, headline, state, time, same }) => [name, headline, state, time, same]);
  save("comity.csv", csv([["name", "answer", "state", "time", "same person"], ...rows]), "text/csv");
}

export function forgetScans(): void {
  scans.length = 0;
  seen.clear();
  told();
}
