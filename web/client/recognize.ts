// What one certificate is worth in a state, beside the person's others and what states decided on it: `trust/recognition.py`.
import { actionsFor, object, qualification, readClaim, subjectOf, typesOf, type Claim, type Verified } from "./claims.ts";
import { current, entitled, inTime, formAndSignature, issueTime, keyInList, step, stops, type Moments, type Step } from "./checks.ts";
import { levelOf, readAttestation, unmet, type Condition, type Shown } from "./conditions.ts";
import { decisionOn, holds, type Decision } from "./decisions.ts";
import { isClockWrong } from "./freshness.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { contains, covers, day, parsePeriod, parseRecordedPeriod, parseScope, specificity } from "./scope.ts";

const DAY = 86_400_000;
const GREEN_DAYS = 7;
const AMBER_DAYS = 45;
const NOT_KEPT = "NOT_KEPT";
const OF_AUTHORITIES = ["RecognitionDecisionCredential", "EndorsementCredential"];
const RANKS: { [kind: string]: number } = { invalid: 0, unknown: 1, refused: 2, undecided: 3 };

export interface Granted {
  mode: string;
  localTitle: Json;
  nqf: string;
  rule: string;
  legalBasis: string;
  until: number | null;
}

export interface Recognition {
  outcome: "recognised" | "partly-recognised" | "not-recognised";
  kind?: string;
  granted?: Granted;
  conditions?: Condition[];
  reasons: Step[];
}

// `compared`: whoever asks has compared the papers and says that they are of one person.
export function recognize(verified: Verified, state: string, lists: Lists, moments: Moments, beside: Verified[] = [], compared = false): Recognition {
  const first = beforeTheIssuer(verified, state, lists, moments);
  const missing = notKept(verified, lists);
  if (!isGenuine(verified)) return closed([...missing, ...first]);
  const claim = readClaim(verified.document);
  if (lists.elsewhere.includes(state) || missing.length) return closed([...missing, ...first, ...current(verified)]);
  const known = recordsOf(claim, lists);
  if (!known.length) return closed([...first, step("entitled", "ISSUER_UNKNOWN", "unknown", { issuer: claim.issuer }), ...current(verified)]);
  const outcomes = known.map((issuer) => ofIssuer(verified, claim, issuer, state, lists, moments, first, beside, compared));
  return outcomes.reduce((best, next) => (rank(next) > rank(best) ? next : best));
}

function recordsOf({ issuer }: Claim, lists: Lists): Listed[] {
  return (lists.files.issuers ?? []).filter(({ record }) => record.did === issuer).sort((one, other) => (one.state < other.state ? -1 : 1));
}

function isGenuine(verified: Verified): boolean {
  return ["data-model", "proof", "issuer-key"].every((name) => verified.checks[name]?.outcome === "passed");
}

// The step that says that the lists kept here do not hold what a credential is judged by; none where they do.
function notKept(verified: Verified, lists: Lists): Step[] {
  if (!lists.elsewhere.length) return [];
  const { issuer } = verified.document;
  const did = isObject(issuer) ? String(issuer.id) : String(issuer);
  const known = lists.files.issuers?.some(({ record }) => record.did === did);
  const isElsewhere = (name: string): boolean => lists.elsewhere.some((code) => name.startsWith(`urn:comity:${code}:`));
  if (known && !(isGenuine(verified) && isElsewhere(readClaim(verified.document).qualification))) return [];
  return [step("entitled", NOT_KEPT, "unknown")];
}

// Whether a supporting credential might meet a condition, if the lists that are not kept here were.
function couldCount(verified: Verified, lists: Lists): boolean {
  if (Object.values(verified.checks).some(({ outcome }) => outcome === "failed")) return false;
  const types = typesOf(verified.document);
  return !OF_AUTHORITIES.some((type) => types.includes(type)) && notKept(verified, lists).length > 0;
}

function rank(outcome: Recognition): number {
  return outcome.kind ? (RANKS[outcome.kind] as number) : outcome.outcome === "recognised" ? 5 : 4;
}

function beforeTheIssuer(verified: Verified, state: string, lists: Lists, moments: Moments): Step[] {
  const age = Math.max(moments.now - lists.published.getTime(), 0);
  const code = age <= GREEN_DAYS * DAY ? "GREEN" : age <= AMBER_DAYS * DAY ? "AMBER" : "RED";
  const params = { date: day(lists.published.getTime()), days: String(Math.floor(age / DAY)) };
  const steps = isClockWrong(lists.published, new Date(moments.now))
    ? [step("recognised", "BUNDLE_CLOCK", "unknown", { date: day(moments.now), lists: params.date })]
    : [step("recognised", `BUNDLE_${code}`, code === "RED" ? "unknown" : "note", params)];
  const party = lists.parties.find((entry) => entry.code === state);
  if (lists.elsewhere.includes(state)) steps.push(step("recognised", NOT_KEPT, "unknown"));
  else if (!party || !contains(parsePeriod(party.from, party.until), moments.at)) steps.push(step("recognised", "STATE_UNKNOWN", "unknown", { state }));
  return [...steps, ...inTime(state, "recognised", lists), ...formAndSignature(verified)];
}

function ofIssuer(
  verified: Verified,
  claim: Claim,
  issuer: Listed,
  state: string,
  lists: Lists,
  moments: Moments,
  first: Step[],
  beside: Verified[],
  compared: boolean,
): Recognition {
  const steps = [...first, ...about(verified, claim, issuer, state, lists, moments)];
  if (worst(steps)) return closed(steps);
  const others = beside.flatMap((one) => shownOne(one, state, lists, moments) ?? []);
  const shown = others.filter(({ claim: { holder } }) => (holder && claim.holder ? holder === claim.holder : compared));
  if (claim.kind === "work") steps.push(step("recognised", `EVIDENCE_E${evidence(verified.document, issuer, shown)}`, "note"));
  const decision = decisionOn(verified.document, beside, state, lists);
  if (decision) return decided(decision, steps);
  const found = byRule(claim, issuer, state, lists, moments, steps, shown);
  if (!found.conditions?.length || !beside.some((one) => couldCount(one, lists))) return found;
  const refs = found.granted ? [found.granted.rule] : [];
  return { outcome: "not-recognised", kind: "unknown", reasons: [...steps, step("recognised", NOT_KEPT, "unknown", {}, refs)] };
}

// What is asked of a certificate, of the first as of those beside it, by one state's record of its issuer.
function about(verified: Verified, claim: Claim, issuer: Listed, state: string, lists: Lists, moments: Moments): Step[] {
  return [
    keyInList(verified, claim, issuer),
    ...inTime(issuer.state, "entitled", lists),
    ...entitled(claim, issuer, lists),
    ...issueTime(verified, claim, issuer, lists, moments),
    ...current(verified),
    ...stops(claim, issuer, state, lists, moments),
  ];
}

// Another certificate, if it is good in every respect.
function shownOne(verified: Verified, state: string, lists: Lists, moments: Moments): Shown | undefined {
  if (!holds(verified)) return undefined;
  const { document } = verified;
  const claim = readClaim(document);
  if (!actionsFor(claim).length) return undefined;
  const isGood = (issuer: Listed): boolean => about(verified, claim, issuer, state, lists, moments).every(({ outcome }) => outcome === "passed" || outcome === "note");
  const issuer = recordsOf(claim, lists).find(isGood);
  return issuer && { claim, document, attestation: claim.kind === "work" ? readAttestation(document, issuer.record.kind) : null };
}

function decided({ id, authority, decided: moment, until, told }: Decision, steps: Step[]): Recognition {
  const text = (name: string): string => String(told[name] ?? "");
  const params = { state: authority.state, authority: String(authority.record.id), date: day(moment), basis: text("legalBasis"), reason: text("reason"), appeal: text("appeal") };
  const granted = { mode: "decision", localTitle: texts(told.localTitle), nqf: text("nqfLevel"), rule: id, legalBasis: text("legalBasis"), until };
  const said = (code: string, outcome: Step["outcome"]): Step[] => [...steps, step("recognised", code, outcome, params, [id])];
  if (told.outcome === "refused") return { outcome: "not-recognised", kind: "refused", reasons: said("DECISION_REFUSES", "failed") };
  if (told.outcome === "recognised") return { outcome: "recognised", granted, reasons: said("DECISION_GRANTS", "passed") };
  const listed = Array.isArray(told.condition) ? told.condition.filter(isObject) : [];
  const conditions = listed.map((one) => ({ id: String(one.id), texts: texts(one.text), options: [], isAlternative: false }));
  return { outcome: "partly-recognised", granted, conditions, reasons: said("DECISION_CONDITIONAL", "partly") };
}

// Language objects of a credential as texts by language.
function texts(value: Json | undefined): JsonObject {
  const entries = Array.isArray(value) ? value.filter(isObject) : [];
  return Object.fromEntries(entries.map((entry) => [String(entry["@language"]), String(entry["@value"])]));
}

function worst(steps: Step[]): string | undefined {
  const failed = steps.filter(({ outcome }) => outcome === "failed");
  if (failed.some(({ code }) => code !== "SUSPENDED_HERE")) return "invalid";
  if (steps.some(({ outcome }) => outcome === "unknown")) return "unknown";
  return failed.length ? "refused" : undefined;
}

// The step that decided is put last.
function closed(steps: Step[]): Recognition {
  const weight = ({ code, outcome }: Step): number => (code === "SUSPENDED_HERE" ? 2 : outcome === "failed" ? 0 : 1);
  const deciding = steps.filter(({ outcome }) => outcome === "failed" || outcome === "unknown");
  const decisive = deciding.reduce((best, next) => (weight(next) < weight(best) ? next : best));
  return { outcome: "not-recognised", kind: worst(steps) ?? "unknown", reasons: [...steps.filter((one) => one !== decisive), decisive] };
}

function evidence(document: JsonObject, issuer: Listed, shown: Shown[]): number {
  const main = readAttestation(document, issuer.record.kind);
  const others = shown.flatMap(({ attestation }) => attestation ?? []);
  return main ? levelOf([...others.filter(({ experience }) => experience === main.experience), main]) : 0;
}

function byRule(claim: Claim, issuer: Listed, state: string, lists: Lists, moments: Moments, steps: Step[], shown: Shown[]): Recognition {
  const known = qualification(claim.qualification, lists);
  const home = issuer.state === state;
  const params = { state, origin: issuer.state };
  if (home || known?.states.includes(state)) {
    const mode = home ? "home" : "joint";
    const granted = { mode, localTitle: known?.record.names ?? {}, nqf: String(known?.record.nqf ?? ""), rule: "", legalBasis: "", until: null };
    return { outcome: "recognised", granted, reasons: [...steps, step("recognised", mode.toUpperCase(), "passed", params)] };
  }
  const rule = bestRule(claim, issuer.state, state, lists, moments.at);
  if (rule) return applied(rule, claim, issuer.state, state, steps, unmet(object(rule.requires), shown, moments.at));
  return { outcome: "not-recognised", kind: "undecided", reasons: [...steps, step("recognised", "NO_RULE", "undecided", params)] };
}

function bestRule(claim: Claim, origin: string, state: string, lists: Lists, at: number): JsonObject | undefined {
  const subject = subjectOf(claim, lists);
  const fitting = (lists.files.rules ?? []).filter(({ state: says, record }) => {
    const cohort = isObject(record.cohort) ? parsePeriod(record.cohort.from, record.cohort.until) : null;
    return (
      says === state &&
      (record.from as Json[]).includes(origin) &&
      (record.subject ?? "training") === claim.kind &&
      !record.purpose &&
      contains(parseRecordedPeriod(object(record.inForce)), at) &&
      (!cohort || contains(cohort, claim.awarded)) &&
      covers(parseScope(record.scope), subject)
    );
  });
  const order = (record: JsonObject): (number | string)[] => [...specificity(parseScope(record.scope)), parseRecordedPeriod(object(record.inForce)).start, String(record.id)];
  return fitting.map(({ record }) => record).sort((one, other) => compare(order(other), order(one)))[0];
}

function compare(one: (number | string)[], other: (number | string)[]): number {
  for (const [place, value] of one.entries()) {
    const beside = other[place] as number | string;
    if (value !== beside) return value < beside ? -1 : 1;
  }
  return 0;
}

function applied(rule: JsonObject, claim: Claim, origin: string, state: string, steps: Step[], conditions: Condition[]): Recognition {
  const grants = object(rule.grants);
  const years = Number(object(rule.validity).years ?? 0);
  const granted: Granted = {
    mode: String(rule.mode),
    localTitle: grants.localTitle ?? {},
    nqf: String(grants.nqf ?? ""),
    rule: String(rule.id),
    legalBasis: String(rule.legalBasis),
    until: years ? claim.issued + toEven(365.25 * years) * DAY : null,
  };
  const said = (code: string, outcome: Step["outcome"]): Step[] => [
    ...steps,
    step("recognised", code, outcome, { state, origin, basis: granted.legalBasis }, [granted.rule]),
  ];
  if (rule.mode === "none") return { outcome: "not-recognised", kind: "refused", reasons: said("RULE_REFUSES", "failed") };
  if (rule.mode === "caseByCase") return { outcome: "not-recognised", kind: "undecided", reasons: said("CASE_BY_CASE", "undecided") };
  if (conditions.length) return { outcome: "partly-recognised", granted, conditions, reasons: said("RULE_CONDITIONAL", "partly") };
  return { outcome: "recognised", granted, reasons: said("RULE_GRANTS", "passed") };
}

// Half a day goes to the even number of days, as in Python.
function toEven(days: number): number {
  const rounded = Math.round(days);
  return days % 1 === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}
