// The sentence under each question: which words, with who and when. As `verifier/answers.py` says them.
import type { Step } from "./checks.ts";
import { object } from "./claims.ts";
import { isClockWrong } from "./freshness.ts";
import type { Json } from "./json.ts";
import type { Lists } from "./lists.ts";
import { day, days, plain } from "./page.ts";
import type { Values } from "./sentences.ts";
import type { Verdict } from "./verdict.ts";

export interface Said {
  key: string;
  values: Values;
}

const CURRENT: [string, string][] = [["REVOKED", "withdrawn"], ["SUSPENDED", "held"], ["EXPIRED", "ended"], ["NOT_YET_VALID", "not-yet"]];
const ENTITLED: { [code: string]: string } = {
  NOT_KEPT: "not-kept", LISTS_RAN_OUT: "ran-out",
  ISSUE_DAY_MISSING: "no-day", ISSUE_TIME_UNPROVEN: "unproven", STATE_NOT_PARTY: "not-a-party", ACC_NO_MANDATE: "no-mandate", ACC_CHAIN_TOO_LONG: "chain", ACC_CHAIN_CIRCULAR: "chain", ISSUER_UNKNOWN: "not-in-register",
};
const NOT_TOLD: { [code: string]: string } = { BUNDLE_RED: "recognised.old-lists", NOT_KEPT: "recognised.not-kept", BUNDLE_CLOCK: "recognised.clock", LISTS_RAN_OUT: "recognised.ran-out" };
const GRANTED: { [mode: string]: string } = { home: "home", joint: "joint", levelOnly: "level" };

export function saysOf(found: Verdict, values: Values, lists: Lists): { [question: string]: Said } {
  const known: Values = { ...values, agreement: plain(lists.agreement), lists: day(lists.published) };
  if (!found.document) return notGenuine(found, known);
  const work = Object.keys(object(object(found.document.credentialSubject).workExperience)).length ? ".work" : "";
  const steps = (question: string): Step[] => found.recognition.reasons.filter((step) => step.question === question);
  return {
    genuine: { key: known.date ? "genuine.yes" : "genuine.yes-undated", values: known },
    current: current(steps("current"), known, lists, found.replaced),
    entitled: entitled(steps("entitled"), known, lists, work),
    recognised: recognised(found, steps("recognised"), known, lists, work),
  };
}

function notGenuine({ verdict, recognition }: Verdict, values: Values): { [question: string]: Said } {
  const last = recognition.reasons.at(-1)?.code ?? "";
  const why = { KEY_COMPROMISED: "key-stolen", KEY_NOT_LISTED: "key-unknown", KEY_NOT_IN_USE: "key-unknown", NOT_KEPT: "not-kept" }[last] ?? "unknown";
  const rest = { key: verdict === "forged" ? "not-asked" : "not-asked-yet", values };
  const genuine = { key: verdict === "forged" ? "genuine.no" : `genuine.${why}`, values: { ...values, date: values.lists ?? "" } };
  return { genuine, current: rest, entitled: rest, recognised: rest };
}

function current(steps: Step[], values: Values, lists: Lists, replaced: boolean): Said {
  const found = CURRENT.find(([code]) => steps.some((step) => step.code === code && step.outcome === "failed"));
  if (found) return { key: `current.${replaced && found[0] === "REVOKED" ? "replaced" : found[1]}`, values };
  const now = new Date();
  if (isClockWrong(lists.published, now)) return { key: "fresh.clock", values: { ...values, date: day(now) } };
  if (steps.some(({ outcome }) => outcome === "unknown")) return { key: "current.unknown", values };
  return { key: values.until ? "current.yes" : "current.yes-no-end", values };
}

function entitled(steps: Step[], values: Values, lists: Lists, work: string): Said {
  const worst = steps.find(({ outcome }) => outcome === "failed") ?? steps.find(({ outcome }) => outcome === "unknown");
  const named = worst ? worst.params.authority : steps.find(({ params }) => params.authority)?.params.authority;
  const authority = authorityOf(lists, named);
  const told = { ...values, ...whom(authority) };
  if (!worst) return { key: `entitled.yes${work}`, values: told };
  const key = ENTITLED[worst.code] ?? (authority ? `no${work}` : `none${work}`);
  return { key: `entitled.${key}`, values: told };
}

function recognised({ recognition, state }: Verdict, steps: Step[], values: Values, lists: Lists, work: string): Said {
  const stopped = (code: string): Step | undefined => steps.find((step) => step.code === code);
  const home = stopped("SUSPENDED_HOME");
  if (home) return { key: "recognised.stopped", values: { ...values, ...stop(home) } };
  const unknown = steps.find(({ outcome }) => outcome === "unknown");
  if (unknown) return { key: NOT_TOLD[unknown.code] ?? "recognised.not-a-party", values: { ...values, days: days(Number(unknown.params.days ?? 0)) } };
  if (!state) return { key: "recognised.no-state", values };
  const { granted, conditions = [], kind, reasons } = recognition;
  if (granted) {
    const key = conditions.length ? "partly" : (GRANTED[granted.mode] ?? "yes");
    return { key: `recognised.${key}${key === "home" ? work : ""}`, values: { ...values, basis: granted.legalBasis } };
  }
  const last = reasons.at(-1) as Step;
  const rule = lists.files.rules?.find(({ record }) => last.refs.includes(String(record.id)))?.record;
  const authority = authorityOf(lists, rule?.authority) ?? lists.files.authorities?.find((entry) => entry.state === state)?.record;
  const told = { ...values, basis: last.params.basis ?? "", ...whom(authority) };
  if (kind === "undecided") return { key: authority ? (last.code === "CASE_BY_CASE" ? "recognised.case-by-case" : "recognised.undecided") : "recognised.undecided.nobody", values: told };
  const here = kind === "refused" ? stopped("SUSPENDED_HERE") : undefined;
  if (here) return { key: "recognised.stopped-here", values: { ...told, ...stop(here) } };
  if (last.code === "DECISION_REFUSES") return { key: "recognised.refused-decision", values: { ...told, ...decision(last, lists) } };
  return { key: kind === "refused" ? "recognised.refused" : "recognised.not-asked", values: told };
}

function decision({ params }: Step, lists: Lists): Values {
  const decided = params.date ? day(Date.parse(params.date)) : "";
  return { ...whom(authorityOf(lists, params.authority)), decided, reason: plain(params.reason), appeal: plain(params.appeal) };
}

function stop({ params }: Step): Values {
  return { reason: params.reason ?? "", review: params.date ? day(Date.parse(params.date)) : "" };
}

function authorityOf(lists: Lists, id: Json | undefined): { [name: string]: Json } | undefined {
  return lists.files.authorities?.find(({ record }) => record.id === id)?.record;
}

function whom(authority: { [name: string]: Json } | undefined): Values {
  return authority ? { authority: plain(authority.names), days: days(Number(authority.answersWithinDays)) } : {};
}
