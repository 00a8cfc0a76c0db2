// The page that checks certificates without internet. What a code holds is shown as text; nothing in it is opened or fetched.
import { reader, watch } from "./camera.ts";
import { object } from "./claims.ts";
import { isObject, type Json } from "./json.ts";
import type { Lists } from "./lists.ts";
import { UpdateNeeded } from "./problems.ts";
import { keptLists, kept, refresh } from "./store.ts";
import { verdictOn, type Verdict } from "./verdict.ts";

const CODE = /^(?:https?:\/\/[a-z0-9.:-]+\/)?#?([1-9][0-9]{199,2999})$/i;
// Control characters, and those that turn the direction of what follows.
const HIDDEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;
const STYLES: { [verdict: string]: string } = {
  recognized: "yes", genuine: "yes", partly: "partly", "level-only": "partly", undecided: "undecided", refused: "refused", stopped: "refused",
  "not-entitled": "no", ended: "partly", "not-yet": "partly", held: "partly", withdrawn: "no", forged: "no",
};

const language = document.documentElement.lang;
const part = <T extends HTMLElement>(name: string): T => document.querySelector<T>(`[data-${name}]`) as T;
const words = new Map([...document.querySelectorAll<HTMLElement>("[data-word]")].map((item) => [item.dataset.word, item.textContent ?? ""]));
let lists: Lists | null = null;
let looking: AbortController | null = null;

function say(name: string, values: { [name: string]: string } = {}): string {
  return (words.get(name) ?? name).replace(/\{(\w+)\}/g, (_, value: string) => values[value] ?? "");
}

function plain(value: Json | undefined): string {
  const text = isObject(value) ? (value[language] ?? value.en ?? Object.values(value)[0]) : value;
  return typeof text === "string" ? text.replace(HIDDEN, "").trim() : "";
}

function when(moment: number | Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(moment);
}

function tell(text: string): void {
  part("status").textContent = text;
}

function told(): void {
  part("lists").textContent = lists ? say("kept", { date: when(lists.published) }) : say("no-lists");
  const select = part<HTMLSelectElement>("state");
  if (!lists || select.options.length > 1) return;
  for (const { code, names } of lists.parties) select.append(new Option(`${plain(names)} (${code})`, String(code)));
  select.value = localStorage.getItem("state") ?? "";
}

async function check(digits: string): Promise<void> {
  if (!lists) return tell(say("no-lists"));
  try {
    show(await verdictOn(digits, lists, kept, part<HTMLSelectElement>("state").value, new Date()), lists);
    tell("");
  } catch (error) {
    part("result").hidden = true;
    tell(say(error instanceof UpdateNeeded ? "update-needed" : "damaged"));
  }
}

function show({ verdict, answers, document: shown, recognition, state, asOf }: Verdict, by: Lists): void {
  const party = by.parties.find(({ code }) => code === state);
  const subject = object(shown?.credentialSubject);
  const names = Array.isArray(subject.name) ? subject.name.map((name) => plain(object(name)["@value"])) : [];
  const issuer = by.files.issuers?.find(({ record }) => record.did === object(shown?.issuer).id);
  const origin = by.parties.find(({ code }) => code === issuer?.state);
  const until = shown?.validUntil ? when(Date.parse(String(shown.validUntil))) : "";
  part("result").hidden = false;
  part("result").className = `verdict verdict--${STYLES[verdict] ?? "unknown"}`;
  part("verdict").textContent = say(`verdict.${verdict}`, { state: plain(party?.names), origin: plain(origin?.names), until });
  part("person").textContent = names.join(" / ");
  part("title").textContent = [plain(shown?.name), plain(subject.licenseNumber), issuer ? plain(issuer.record.names) : ""].filter(Boolean).join(" · ");
  const counts = recognition.granted && state ? [plain(recognition.granted.localTitle), ...(recognition.conditions ?? []).map(({ texts }) => plain(texts))] : [];
  part("counts").textContent = counts.filter(Boolean).join(" · ");
  part("as-of").textContent = shown ? (asOf === undefined ? say("no-status") : say("as-of", { date: when(asOf) })) : "";
  for (const [question, answer] of Object.entries(answers)) part(`answer-${question}`).textContent = say(`answer.${answer}`);
  remember(verdict, names[0] ?? "", plain(party?.names));
  part("verdict").focus();
}

// Several people one after the other: a line for each, on this page alone.
function remember(verdict: string, name: string, state: string): void {
  const line = document.createElement("li");
  line.textContent = `${name || "—"}: ${say(`verdict.${verdict}`, { state })}`;
  part("scans").prepend(line);
  part("several").hidden = part("scans").childElementCount < 2;
}

function taken(texts: string[]): boolean {
  const digits = texts.map((text) => CODE.exec(text)?.[1]).find(Boolean);
  if (digits) void check(digits);
  else if (texts.length) tell(say("foreign"));
  return Boolean(digits);
}

async function look(): Promise<void> {
  looking?.abort();
  looking = new AbortController();
  const video = part<HTMLVideoElement>("video");
  video.hidden = false;
  tell(say("looking"));
  try {
    await watch(video, taken, looking.signal);
  } catch {
    tell(say("no-camera"));
  }
  video.hidden = true;
}

async function readPicture(file: File): Promise<void> {
  const texts = await (await reader())(file).catch(() => []);
  if (!texts.length) tell(say("unreadable"));
  else taken(texts);
}

part("start").addEventListener("click", () => void look());
part("stop").addEventListener("click", () => looking?.abort());
part<HTMLInputElement>("file").addEventListener("change", (event) => {
  const [file] = (event.target as HTMLInputElement).files ?? [];
  if (file) void readPicture(file);
});
part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!taken([part<HTMLTextAreaElement>("text").value.trim()])) tell(say("foreign"));
});
part("state").addEventListener("change", (event) => localStorage.setItem("state", (event.target as HTMLSelectElement).value));

async function begin(): Promise<void> {
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/verify/worker.js", { scope: "/" }).catch(() => undefined);
  lists = await keptLists(new Date()).catch(() => null);
  told();
  if (navigator.onLine) lists = await refresh(new Date()).catch(() => lists);
  told();
  document.documentElement.dataset.ready = "yes";
  const digits = CODE.exec(location.hash.slice(1))?.[1];
  if (digits) await check(digits);
}

void begin();
