// From the digits of a code to the five answers, with what is kept on this device and nothing else.
import { fromDigits } from "./armour.ts";
import { base64url, sha256, utf8 } from "./bytes.ts";
import { object, type Outcome, type Verified } from "./claims.ts";
import { holds } from "./decisions.ts";
import { coCertification, type CoCertification } from "./endorsements.ts";
import { isClockWrong } from "./freshness.ts";
import { canonical, type JsonObject } from "./json.ts";
import { parseMultikey } from "./keys.ts";
import type { Lists } from "./lists.ts";
import { MOST_PAPERS, verifyPaper } from "./papers.ts";
import { UpdateNeeded } from "./problems.ts";
import { proofHolds } from "./proofs.ts";
import { recognize, type Recognition } from "./recognize.ts";
import { keyOf, quietStatus, type Kept } from "./status.ts";
import { validity } from "./validity.ts";

const CURRENT: { [code: string]: string } = { REVOKED: "withdrawn", SUSPENDED: "held", EXPIRED: "ended", NOT_YET_VALID: "not-yet" };
const QUESTIONS = ["genuine", "current", "entitled", "recognised"];

export interface Verdict {
  verdict: string;
  answers: { [question: string]: string };
  document: JsonObject | null;
  recognition: Recognition;
  state: string;
  asOf: number | undefined;
  replaced: boolean; // withdrawn because a newer one took its place
  marks: string[]; // the hashes of the words of the certificate and of what was looked at beside it, as a receipt names them
  compared: boolean; // whether certificates were weighed together because whoever asks says that they are of one person
  beside: [number, number]; // how many papers were looked at beside it, and how many of them hold
  certified: CoCertification | null;
}

// `papers`: what is shown beside it, such as a state's decision; `others`: the digits of certificates that whoever asks says are of the same person.
export async function verdictOn(digits: string, lists: Lists, kept: Kept, state: string, now: Date, papers: JsonObject[] = [], others: string[] = []): Promise<Verdict> {
  const { codec } = lists;
  if (!codec) throw new UpdateNeeded("these lists do not say how codes are read");
  const [document, ...rest] = await Promise.all([digits, ...others.slice(0, MOST_PAPERS)].map((one) => codec.decode(fromDigits(one)))); // a profile writes no form but its own
  return verdictOnDocument(document as JsonObject, lists, kept, state, now, papers, rest);
}

// Asks about a document of the form that a profile, or an issuer of these lists, writes, as the others are; each has one proof.
export async function verdictOnDocument(document: JsonObject, lists: Lists, kept: Kept, state: string, now: Date, papers: JsonObject[] = [], others: JsonObject[] = []): Promise<Verdict> {
  const issuer = String(object(document.issuer).id);
  const { asOf, replaced, ...main } = await verifyOwn(document, lists, kept, now);
  const { outcome: proof } = main.checks.proof as { outcome: Outcome };
  const asked = state || home(issuer, lists);
  const moment = now.getTime();
  const compared = others.length > 0;
  const certificates = others.map((other) => verifyOwn(other, lists, kept, now));
  const beside = await Promise.all([...certificates, ...papers.slice(0, MOST_PAPERS).map((paper) => verifyPaper(paper, lists, kept, now))]);
  const recognition = recognize(main, asked, lists, { at: moment, now: moment }, beside, compared);
  const found = verdictOf(proof, recognition, state);
  const verdict = found === "withdrawn" && replaced ? "replaced" : found;
  const shown = proof === "passed" && verdict !== "unknown" ? document : null;
  const certified = shown && coCertification(main, beside, lists, { at: moment, now: moment });
  const told = { document: shown, recognition, state, asOf, replaced, marks: [document, ...others, ...papers.slice(0, MOST_PAPERS)].map(markOf), compared };
  return { verdict, answers: answersOf(recognition, verdict, state), ...told, beside: [beside.length, beside.filter(holds).length], certified };
}

async function verifyOwn(document: JsonObject, lists: Lists, kept: Kept, now: Date): Promise<Verified & { asOf: number | undefined; replaced: boolean }> {
  const key = keyOf(String(object(document.proof).verificationMethod), String(object(document.issuer).id), lists);
  const proof: Outcome = !key ? "unknown" : (await proofHolds(document, parseMultikey(key))) ? "passed" : "failed";
  const status = await quietStatus(document, lists, kept);
  const checks = {
    "data-model": { outcome: "passed" as const },
    schema: { outcome: "passed" as const },
    proof: { outcome: proof },
    "issuer-key": { outcome: key ? ("passed" as const) : ("unknown" as const) },
    "validity-period": isClockWrong(lists.published, now) ? { outcome: "unknown" as const } : validity(document, now.getTime()),
    status,
  };
  return { document, key: key ?? "", checks, asOf: status.asOf, replaced: status.replaced === true };
}

function markOf({ proof: _, ...words }: JsonObject): string {
  return base64url(sha256(utf8(canonical(words))));
}

function home(issuer: string, lists: Lists): string {
  return lists.files.issuers?.find(({ record }) => record.did === issuer)?.state ?? String(lists.parties[0]?.code);
}

// The first question that is not answered well decides, as on the page that the server makes.
function verdictOf(proof: Outcome, { outcome, kind, granted, reasons }: Recognition, state: string): string {
  const failed = (question: string): string[] => reasons.filter((step) => step.question === question && step.outcome === "failed").map((step) => step.code);
  const unknown = reasons.some((step) => step.outcome === "unknown");
  if (proof === "failed") return "forged";
  const doubtful = reasons.some((step) => step.question === "genuine" && step.outcome !== "passed");
  if (doubtful || reasons.some(({ code }) => code === "KEY_COMPROMISED")) return "unknown";
  if (failed("entitled").length) return "not-entitled";
  const found = Object.keys(CURRENT).find((code) => failed("current").includes(code));
  if (found) return CURRENT[found] as string;
  if (failed("recognised").includes("SUSPENDED_HOME")) return "stopped";
  if (unknown) return "partly-unknown";
  if (!state) return "genuine";
  if (granted) return outcome !== "recognised" ? "partly" : granted.mode === "levelOnly" ? "level-only" : "recognized";
  return kind === "undecided" ? "undecided" : "refused";
}

function answersOf(recognition: Recognition, verdict: string, state: string): { [question: string]: string } {
  if (verdict === "forged" || verdict === "unknown") {
    const rest = QUESTIONS.slice(1).map((question) => [question, "not-asked"]);
    return { genuine: verdict === "forged" ? "no" : "unknown", ...Object.fromEntries(rest), "same-person": "not-asked" };
  }
  const answer = (question: string): string => {
    const steps = recognition.reasons.filter((step) => step.question === question);
    if (steps.some((step) => step.code === "SUSPENDED")) return "held";
    if (steps.some((step) => step.outcome === "failed")) return "no";
    return steps.some((step) => step.outcome === "unknown") ? "unknown" : "yes";
  };
  const known: { [verdict: string]: string } = { recognized: "yes", "level-only": "partly", partly: "partly", undecided: "undecided", refused: "no", stopped: "no" };
  const counts = known[verdict] ?? (verdict === "partly-unknown" && state ? "unknown" : "not-asked");
  return { genuine: "yes", current: answer("current"), entitled: answer("entitled"), recognised: counts, "same-person": "you-check" };
}
