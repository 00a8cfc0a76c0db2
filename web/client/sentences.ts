// The banner's sentence: which words, and the values in them. The words are those of the page that the server makes.
import { object } from "./claims.ts";
import type { Listed, Lists } from "./lists.ts";
import { day, language, plain } from "./page.ts";
import type { Verdict } from "./verdict.ts";

export type Values = { [name: string]: string };

export function sentenceOf({ verdict, recognition }: Verdict): string {
  const last = recognition.reasons.at(-1)?.code;
  const variants: { [verdict: string]: string } = {
    recognized: plain(recognition.granted?.localTitle) ? "" : ".plain",
    partly: recognition.conditions?.length === 1 ? "" : ".many",
    undecided: ".nobody",
    refused: last === "SUSPENDED_HERE" ? ".stopped-here" : last === "DECISION_REFUSES" ? ".refused-decision" : "",
    "partly-unknown": `.${recognition.reasons.find(({ outcome }) => outcome === "unknown")?.question ?? "current"}`,
    unknown: `.${{ KEY_COMPROMISED: "key-stolen", KEY_NOT_LISTED: "key-unknown", NOT_KEPT: "not-kept" }[last ?? ""] ?? "unknown"}`,
  };
  return `${verdict}.text${variants[verdict] ?? ""}`;
}

export function valuesOf({ document: shown, recognition, state }: Verdict, issuer: Listed | undefined, lists: Lists): Values {
  const named = (code: string | undefined): string => plain(lists.parties.find((party) => party.code === code)?.names);
  const date = (value: unknown): string => (typeof value === "string" ? day(Date.parse(value)) : "");
  const conditions = (recognition.conditions ?? []).map(({ texts }) => plain(texts));
  const params = recognition.reasons.at(-1)?.params ?? {};
  return {
    state: named(state),
    origin: named(issuer?.state),
    until: date(shown?.validUntil),
    date: date(shown?.validFrom),
    centre: issuer ? plain(issuer.record.names) : "",
    title: plain(shown?.name ?? object(object(shown?.credentialSubject).workExperience).roleName),
    local: plain(recognition.granted?.localTitle),
    level: recognition.granted?.nqf ?? "",
    conditions: new Intl.ListFormat(language).format(conditions),
    n: String(conditions.length),
    basis: params.basis ?? "",
    reason: params.reason ?? "",
  };
}
