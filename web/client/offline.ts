// The page that checks certificates without internet. What a code holds is shown as text; nothing in it is opened or fetched.
import { reader } from "./camera.ts";
import { digitsIn, isLink } from "./codes.ts";
import { subjectOfDocument } from "./claims.ts";
import { chosen, named, showCorridor } from "./corridor.ts";
import { digitsOf, documentsIn } from "./files.ts";
import { ageInDays, freshness } from "./freshness.ts";
import type { JsonObject } from "./json.ts";
import type { Lists } from "./lists.ts";
import { day, days, part, plain, say, tell } from "./page.ts";
import { listenForPassports } from "./passport_camera.ts";
import { isPaper, MOST_PAPERS } from "./papers.ts";
import { Differs, UpdateNeeded } from "./problems.ts";
import { heard, resetPhone } from "./phone.ts";
import { inWords, listReceipts } from "./receipt_list.ts";
import { isReceipt, keepReceipt } from "./receipts.ts";
import { askSame, resetSame } from "./same_person.ts";
import { scan, stop } from "./scanner.ts";
import { besides, forgetScans, isNew, noted, remember, saveScans } from "./scans.ts";
import { hide, show } from "./showing.ts";
import { kept, keptLists, refresh } from "./store.ts";
import { verdictOn, type Verdict } from "./verdict.ts";

let lists: Lists | null = null;
let filled: Lists | null = null; // whose states can be chosen
let last = ""; // the digits of the certificate that was read last
let beside: JsonObject[] = []; // decisions and endorsements that were handed over; each says itself what it belongs to

function told(): void {
  const now = new Date();
  const values = lists && { lists: day(lists.published), age: days(ageInDays(lists.published, now)), date: day(now) };
  part("lists").textContent = lists && values ? say(`fresh.${freshness(lists.published, now)}`, values) : say("no-lists");
  if (!lists || lists === filled) return;
  const select = part<HTMLSelectElement>("state");
  const { parties, elsewhere } = (filled = lists);
  const kept = parties.filter(({ code }) => !elsewhere.includes(String(code)));
  select.replaceChildren(select.options[0] as HTMLOptionElement, ...kept.map(({ code, names }) => new Option(`${plain(names)} (${code})`, String(code))));
  showCorridor(lists);
  select.value = localStorage.getItem("state") ?? "";
  if (select.selectedIndex < 0) select.value = "";
}

// What a code opened this page with is said to be so: a false code can lead to a false page.
async function check(digits: string, note = "", byCode = false, others: string[] = []): Promise<void> {
  told();
  hide();
  part("opened").hidden = !byCode;
  if (!lists) return tell(say("no-lists"));
  const began = performance.now();
  try {
    const found = await verdictOn(digits, lists, kept, part<HTMLSelectElement>("state").value, new Date(), beside, others);
    performance.measure("verdict", { start: began });
    last = digits;
    tell(note);
    answer(found, lists, others.length > 0);
  } catch (error) {
    tell(say(error instanceof Differs ? "differs" : error instanceof UpdateNeeded ? "update-needed" : "damaged"));
  }
}

function answer(found: Verdict, by: Lists, together: boolean): void {
  const { headline, name } = show(found, by);
  const asked = found.answers["same-person"] as string;
  const holder = found.document ? plain(subjectOfDocument(found.document).id) : "";
  const read = { name, headline, state: found.state, time: new Date().toISOString(), same: "", digits: last, holder };
  remember(read);
  const others = together ? [] : besides(read);
  part("together").hidden = !others.length;
  part("together-said").textContent = say("together", { n: String(others.length + 1), name });
  part("weigh").onclick = () => void check(read.digits, "", false, others);
  resetSame(name, found.document);
  resetPhone(found.document, () => void scan(taken));
  askSame((same) => {
    found.answers["same-person"] = asked === "you-check" ? same : asked;
    noted(same === "you-check" ? "" : say(`same.${same}`));
  });
  part("save-receipt").onclick = async () => {
    await keepReceipt(found, by, new Date());
    await listReceipts();
    tell(say("receipt-kept"));
  };
}

async function taken(texts: string[]): Promise<boolean> {
  const digits = texts.map(digitsIn).find(Boolean);
  const receipt = texts.find(isReceipt);
  if (digits) await check(digits);
  else if (await heard(texts)) return true;
  else if (receipt) tell(await inWords(receipt));
  else if (texts.length) tell(say(texts.some(isLink) ? "link" : "foreign"));
  return Boolean(digits);
}

// Before the camera a code is taken once; with several people to come, the camera stays on.
async function seen(texts: string[]): Promise<boolean> {
  const several = part<HTMLInputElement>("many").checked;
  const digits = texts.map(digitsIn).find(Boolean);
  if (several && digits && !isNew(digits)) return false;
  return (await taken(texts)) && !several;
}

async function readFile(file: Blob): Promise<void> {
  hide();
  tell(say("reading"));
  const documents = await documentsIn(file).catch(() => []);
  if (documents) return readDocuments(documents);
  const texts = await (await reader())(file).catch(() => []);
  if (!texts.length) tell(say("unreadable"));
  else await taken(texts);
}

// A file's certificate is read as the code that would hold it; one that no code holds needs internet.
async function readDocuments(documents: JsonObject[]): Promise<void> {
  if (!documents.length) return tell(say("unreadable"));
  if (!lists?.codec) return tell(say("no-lists"));
  const [certificate] = documents.filter((one) => !isPaper(one));
  if (!certificate) return putBeside(documents);
  try {
    await check(await digitsOf(certificate, lists.codec), say("attached"));
  } catch {
    tell(say("needs-internet"));
  }
}

// What belongs to a certificate is weighed with the one that was read last, and with those that are read after it.
async function putBeside(documents: JsonObject[]): Promise<void> {
  beside = [...documents, ...beside].slice(0, MOST_PAPERS);
  if (last) await check(last);
  else tell(say("beside-first"));
}

async function readBeside(files: Iterable<Blob>): Promise<void> {
  const found = await Promise.all([...files].map((file) => documentsIn(file).catch(() => [])));
  const documents = found.flatMap((one) => one ?? []).filter(isPaper);
  await (documents.length ? putBeside(documents) : tell(say("beside-none")));
}

async function getNewer(corridor?: string[] | null): Promise<void> {
  tell(say("refreshing"));
  try {
    lists = await refresh(new Date(), corridor);
    tell(say("refreshed"));
  } catch {
    tell(say("not-refreshed"));
  }
  told();
}

function listen(): void {
  listenForPassports();
  part("start").addEventListener("click", () => void scan(seen));
  part("stop").addEventListener("click", stop);
  part("save-scans").addEventListener("click", saveScans);
  part("forget-scans").addEventListener("click", forgetScans);
  part("corridor-keep").addEventListener("click", () => void getNewer(chosen()));
  part("corridor-all").addEventListener("click", () => void getNewer(null));
  part("refresh").addEventListener("click", () => void getNewer());
  part<HTMLInputElement>("file").addEventListener("change", (event) => {
    const [file] = (event.target as HTMLInputElement).files ?? [];
    if (file) void readFile(file);
  });
  part<HTMLInputElement>("beside").addEventListener("change", (event) => void readBeside((event.target as HTMLInputElement).files ?? []));
  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    void taken([part<HTMLTextAreaElement>("text").value.trim()]);
  });
  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (file) void readFile(file);
  });
  part("state").addEventListener("change", (event) => localStorage.setItem("state", (event.target as HTMLSelectElement).value));
  addEventListener("pagehide", stop);
}

async function begin(): Promise<void> {
  listen();
  const working = navigator.serviceWorker?.register("/verify/worker.js", { scope: "/" }).catch(() => undefined);
  lists = await keptLists(new Date()).catch(() => null);
  told();
  void listReceipts();
  const digits = digitsIn(location.hash);
  if (digits) await check(digits, "", true);
  if (navigator.onLine) lists = await refresh(new Date(), lists ? undefined : named()).catch(() => lists);
  told();
  if (await working) await navigator.serviceWorker.ready;
  if (lists && navigator.serviceWorker?.controller) part("kept").textContent = say("kept");
  document.documentElement.dataset.ready = "yes";
}

void begin();
