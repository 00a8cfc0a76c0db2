// The steps that ask about the credential and its issuer: `trust/checks.py` in the browser.
import { ACTIVE, bestPath, CIRCULAR, lapse, NO_MANDATE, NOT_IN_FORCE, OUTSIDE, TOO_LONG, type Path } from "./accreditation.ts";
import { base64url, sha256, utf8 } from "./bytes.ts";
import { actionsFor, object, subjectOf, type Claim, type Verified } from "./claims.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { contains, covers, day, NO_DAY, parseMoment, parsePeriod, parseRecordedPeriod, parseScope } from "./scope.ts";

const GENUINE = { "data-model": "FORMAT", proof: "SIGNATURE", "issuer-key": "SIGNATURE_KEY" };
const STANDINGS = { [ACTIVE]: "ACC_ACTIVE", [NOT_IN_FORCE]: "ACC_NOT_IN_FORCE", [OUTSIDE]: "SCOPE_OUTSIDE", [NO_MANDATE]: "ACC_NO_MANDATE", [TOO_LONG]: "ACC_CHAIN_TOO_LONG", [CIRCULAR]: "ACC_CHAIN_CIRCULAR" };
const ROLL_BYTES = 12;

export interface Step {
  question: string;
  code: string;
  outcome: "passed" | "failed" | "unknown" | "undecided" | "partly" | "note";
  params: { [name: string]: string };
  refs: string[];
}

export interface Moments {
  at: number;
  now: number;
}

export function step(question: string, code: string, outcome: Step["outcome"], params: Step["params"] = {}, refs: string[] = []): Step {
  return { question, code, outcome, params, refs };
}

export function formAndSignature(verified: Verified): Step[] {
  return Object.entries(GENUINE).map(([name, code]) => ofCheck(verified, name, "genuine", code));
}

function ofCheck(verified: Verified, name: string, question: string, code: string): Step {
  const outcome = verified.checks[name]?.outcome ?? "unknown";
  return step(question, `${code}_${{ passed: "GOOD", failed: "BAD", unknown: "UNKNOWN" }[outcome]}`, outcome);
}

function listedKey(verified: Verified, claim: Claim, issuer: Listed): JsonObject | undefined {
  const named = (issuer.record.keys as JsonObject[]).find((key) => `${issuer.record.did}${key.id}` === claim.method);
  return named && named.publicKeyMultibase === verified.key ? named : undefined;
}

export function keyInList(verified: Verified, claim: Claim, issuer: Listed): Step {
  const key = listedKey(verified, claim, issuer);
  const said: [Step["params"], string[]] = [{ issuer: String(issuer.record.did) }, [claim.method]];
  if (!key) return step("genuine", "KEY_NOT_LISTED", "unknown", ...said);
  const used = claim.issued === NO_DAY || contains(parsePeriod(key.from, key.until), claim.issued);
  return used ? step("genuine", "KEY_LISTED", "passed", ...said) : step("genuine", "KEY_NOT_IN_USE", "failed", ...said);
}

function member(state: string, lists: Lists): ReturnType<typeof parsePeriod> {
  const party = lists.parties.find((entry) => entry.code === state) as JsonObject;
  return parsePeriod(party.from, party.until);
}

function pathOf(claim: Claim, issuer: Listed, lists: Lists): Path | undefined {
  return bestPath(issuer, actionsFor(claim), subjectOf(claim, lists), claim.issued, lists);
}

// The step that says that a state was late to sign its lists anew; none where it was not.
export function inTime(state: string, question: string, lists: Lists): Step[] {
  const ended = lists.ranOut[state];
  return ended === undefined ? [] : [step(question, "LISTS_RAN_OUT", "unknown", { state, date: day(ended) })];
}

export function entitled(claim: Claim, issuer: Listed, lists: Lists): Step[] {
  if (claim.issued === NO_DAY) return [step("entitled", "ISSUE_DAY_MISSING", "unknown")];
  if (!contains(member(issuer.state, lists), claim.issued)) return [step("entitled", "STATE_NOT_PARTY", "failed", { state: issuer.state })];
  const path = pathOf(claim, issuer, lists);
  const params: Step["params"] = { issuer: String(issuer.record.did), date: day(claim.issued), qualification: claim.qualification };
  if (!path) return [step("entitled", "ACC_NONE", "failed", params)];
  params.authority = String(path.accreditation.by);
  const refs = [String(path.accreditation.id), ...path.authorities];
  const code = STANDINGS[path.standing as keyof typeof STANDINGS];
  const steps = [step("entitled", code, path.standing === ACTIVE ? "passed" : "failed", params, refs)];
  if (path.clipped) steps.push(step("entitled", "SCOPE_CLIPPED", "note", params, refs));
  return steps;
}

export function issueTime(verified: Verified, claim: Claim, issuer: Listed, lists: Lists, moments: Moments): Step[] {
  const key = listedKey(verified, claim, issuer);
  const path = pathOf(claim, issuer, lists);
  if (!key || !path || path.standing !== ACTIVE) return [];
  const [code, end] = firstEnd(claim, issuer, key, path, lists, moments);
  if (!code) return [step("entitled", "ISSUE_TIME_TRUSTED", "passed")];
  const params = { issuer: String(issuer.record.did), authority: String(path.accreditation.by), date: day(end) };
  if (onRoll(verified.document, issuer, lists)) return [step("entitled", "ISSUE_TIME_ON_ROLL", "passed", { ...params, state: issuer.state })];
  return [step("entitled", code, "unknown", params)];
}

function firstEnd(claim: Claim, issuer: Listed, key: JsonObject, path: Path, lists: Lists, moments: Moments): [string, number] {
  const stopped = homeStops(claim, issuer, path, lists).map((stop) => parseRecordedPeriod(stop.record));
  const ends = [
    lapse(path, subjectOf(claim, lists), claim.issued, lists),
    member(issuer.state, lists).end,
    ...stopped.filter((period) => contains(period, moments.now)).map((period) => period.start),
  ].filter((end) => end !== null && end <= moments.now) as number[];
  const stolen = (key.compromisedSince ?? null) === null ? null : parseMoment(key.compromisedSince);
  const gone = ends.length ? Math.min(...ends) : null;
  if (stolen !== null && (gone === null || stolen <= gone)) return ["KEY_COMPROMISED", stolen];
  return gone === null ? ["", 0] : ["ISSUE_TIME_UNPROVEN", gone];
}

function onRoll(document: JsonObject, issuer: Listed, lists: Lists): boolean {
  const listed = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value : [value ?? null]).filter(isObject);
  const values = new Set(listed(document.proof).map((proof) => base64url(sha256(utf8(String(proof.proofValue))).slice(0, ROLL_BYTES))));
  const own = lists.files["closing-rolls"]?.filter(({ state, record }) => state === issuer.state && record.issuer === issuer.record.did) ?? [];
  return listed(document.credentialStatus).some((entry) => {
    const suffix = `-${entry.statusPurpose}`;
    const url = String(entry.statusListCredential ?? "");
    const stem = url.endsWith(suffix) ? url.slice(0, -suffix.length) : url;
    return own.some(({ record }) => values.has(String(object(object(record.accepted)[stem])[String(entry.statusListIndex)])));
  });
}

export function current(verified: Verified): Step[] {
  const steps = Object.entries({ "validity-period": "VALIDITY", status: "STATUS" }).map(([name, code]) => {
    const found = verified.checks[name]?.code;
    return found ? step("current", found, "failed") : ofCheck(verified, name, "current", code);
  });
  if (verified.checks.schema?.outcome !== "passed") steps.push(ofCheck(verified, "schema", "genuine", "SCHEMA"));
  return steps;
}

export function stops(claim: Claim, issuer: Listed, state: string, lists: Lists, moments: Moments): Step[] {
  const path = pathOf(claim, issuer, lists);
  const here = state === issuer.state ? [] : reaching(claim, issuer, path, lists).filter((stop) => stop.state === state);
  const home = homeStops(claim, issuer, path, lists);
  return [...home.flatMap((stop) => stopStep(stop, true, claim, moments)), ...here.flatMap((stop) => stopStep(stop, false, claim, moments))];
}

function homeStops(claim: Claim, issuer: Listed, path: Path | undefined, lists: Lists): Listed[] {
  return reaching(claim, issuer, path, lists).filter((stop) => stop.state === issuer.state && !object(stop.record.of).state);
}

function reaching(claim: Claim, issuer: Listed, path: Path | undefined, lists: Lists): Listed[] {
  return (lists.files.suspensions ?? []).filter(({ record }) => {
    const of = object(record.of);
    const named = of.issuer === issuer.record.did || path?.authorities.includes(String(of.authority)) || of.state === issuer.state;
    return named && covers(parseScope(record.scope), subjectOf(claim, lists));
  });
}

function stopStep({ state, record }: Listed, home: boolean, claim: Claim, moments: Moments): Step[] {
  const period = parseRecordedPeriod(record);
  const stoppedNow = contains(period, moments.at) && (record.affectsIssuedBefore === true || claim.issued >= period.start);
  if (!stoppedNow && !(home && contains(period, claim.issued))) return [];
  const params = { state, reason: String(record.reason), date: String(record.reviewBy) };
  return [step("recognised", home ? "SUSPENDED_HOME" : "SUSPENDED_HERE", "failed", params, [String(record.id)])];
}
