// What the certificates of a vault are worth in each state, worked out here from the signed lists: `wallet/worth.py` in the browser.
// One certificate is looked at at a time, with the decisions on it; what other certificates could add stands as still needed.
import type { Step } from "./checks.ts";
import type { Listed, Lists } from "./lists.ts";
import { day, plain, say } from "./page.ts";
import { isPaper } from "./papers.ts";
import type { Recognition } from "./recognize.ts";
import { documentOf, saidOf } from "./vault_beside.ts";
import { papersOf, type Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { worthIn } from "./vault_standing.ts";

const NEXT: { [word: string]: string } = {
  recognised: "show",
  level: "ask",
  partly: "gather",
  undecided: "ask",
  refused: "appeal",
  invalid: "centre",
  unknown: "later",
};

export interface Worth {
  state: string;
  word: string; // a key of NEXT
  next: string;
  recognition: Recognition | null; // null where the certificate is of a form that is not read here
  authority: Listed | null;
  decides: boolean;
}

export async function worthsOf(session: Session, lists: Lists, states: string[]): Promise<{ paper: Paper; worths: Worth[] }[]> {
  const found = [];
  for (const paper of await papersOf(session)) {
    const document = documentOf(paper);
    if (document && isPaper(document)) continue;
    const said = document ? (await saidOf(session, document)).map((one) => one.document) : [];
    const worths = [];
    for (const state of states) worths.push(worth(state, document && (await worthIn(document, lists, state, said)), lists));
    found.push({ paper, worths });
  }
  return found;
}

function worth(state: string, recognition: Recognition | null, lists: Lists): Worth {
  const here = (lists.files.authorities ?? []).filter((one) => one.state === state);
  const signing = here.find(({ record }) => typeof record.did === "string" && record.did !== "");
  const authority = signing ?? here[0] ?? null;
  const word = wordOf(recognition);
  return { state, word, next: nextOf(word, authority !== null, signing !== undefined), recognition, authority, decides: signing !== undefined };
}

function wordOf(recognition: Recognition | null): string {
  if (!recognition) return "unknown";
  if (recognition.outcome === "not-recognised") return recognition.kind ?? "unknown";
  if (recognition.outcome === "partly-recognised") return "partly";
  return recognition.granted?.mode === "levelOnly" ? "level" : "recognised";
}

// Whoever cannot be asked from here is written to.
function nextOf(word: string, hasAuthority: boolean, decides: boolean): string {
  const next = NEXT[word] ?? "later";
  if (next !== "ask") return next;
  return !hasAuthority ? "later" : decides ? "ask" : "write";
}

// The step that decided, in words: `trust/wording.py` in the browser.
export function reasonOf({ recognition }: Worth, lists: Lists): string {
  const step = recognition?.reasons.at(-1);
  if (!step) return say("worth.unread");
  return say(`reason.${step.code.toLowerCase().replaceAll("_", "-")}`, named(step, lists));
}

function named({ params }: Step, lists: Lists): Step["params"] {
  const listed = ["authorities", "issuers", "qualifications"].flatMap((name) => lists.files[name] ?? []).map(({ record }) => record);
  const names = (value: string): string =>
    plain(lists.parties.find(({ code }) => code === value)?.names) || plain(listed.find(({ id, did }) => id === value || did === value)?.names) || value;
  const told = Object.entries(params).map(([name, value]) => [name, name === "date" && value ? day(Date.parse(value)) : names(value)]);
  return Object.fromEntries(told) as Step["params"];
}
