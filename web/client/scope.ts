// Periods, scopes and what they cover: `trust/periods.py` and `trust/scope.py` in the browser. Moments are milliseconds.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { ListsError } from "./tuf.ts";

const DAY = 86_400_000;
export const NO_DAY = -62135596800000; // stands for a day that a credential does not name: it lies in no period

export interface Period {
  start: number;
  end: number | null;
}

export function contains(period: Period, moment: number): boolean {
  return period.start <= moment && (period.end === null || moment < period.end);
}

// A date without a time begins at midnight and, as an end, counts its whole day.
export function parseMoment(text: Json | undefined, asEnd = false): number {
  const found = typeof text === "string" ? Date.parse(text) : NaN;
  if (Number.isNaN(found)) throw new ListsError("a date in the lists is none");
  return asEnd && (text as string).length === 10 ? found + DAY : found;
}

export function parsePeriod(start: Json | undefined, end: Json | undefined): Period {
  return { start: parseMoment(start), end: (end ?? null) === null ? null : parseMoment(end, true) };
}

export function parseRecordedPeriod(record: JsonObject): Period {
  const { start, end } = parsePeriod(record.from, record.until);
  if (record.retroactive) return { start, end };
  return {
    start: "recordedAt" in record ? Math.max(start, parseMoment(record.recordedAt)) : start,
    end: end !== null && "untilRecordedAt" in record ? Math.max(end, parseMoment(record.untilRecordedAt)) : end,
  };
}

export function day(moment: number): string {
  return moment === NO_DAY ? "0001-01-01" : new Date(moment).toISOString().slice(0, 10);
}

export interface Subject {
  qualification: string;
  field: string;
  nqf: string;
  occupation: string;
  route: string;
}

type Limits = string[] | null;
const NAMES = ["qualifications", "fields", "nqf", "occupations", "routes"] as const;
const TREES = new Set<string>(["fields", "occupations"]);
const VALUES = { qualifications: "qualification", fields: "field", nqf: "nqf", occupations: "occupation", routes: "route" } as const;
export type Scope = Record<(typeof NAMES)[number], Limits>;

export function parseScope(record: Json | undefined): Scope {
  const limits = isObject(record) ? record : {};
  const read = (value: Json | undefined): Limits => ((value ?? null) === null ? null : (Array.isArray(value) ? value : [value]).map(String));
  return Object.fromEntries(NAMES.map((name) => [name, read(limits[name])])) as Scope;
}

export function covers(scope: Scope, subject: Subject): boolean {
  return NAMES.every((name) => {
    const value = subject[VALUES[name]];
    return scope[name] === null || scope[name].some((limit) => (TREES.has(name) ? value.startsWith(limit) : value === limit));
  });
}

export function meet(one: Scope, other: Scope): Scope {
  return Object.fromEntries(NAMES.map((name) => [name, common(one[name], other[name], TREES.has(name))])) as Scope;
}

function common(one: Limits, other: Limits, tree: boolean): Limits {
  if (one === null || other === null) return one ?? other;
  const found = new Set<string>();
  for (const a of one) {
    for (const b of other) {
      if (a === b || (tree && a.startsWith(b))) found.add(a);
      else if (tree && b.startsWith(a)) found.add(b);
    }
  }
  return [...found].sort();
}

export function same(one: Scope, other: Scope): boolean {
  return JSON.stringify(NAMES.map((name) => one[name])) === JSON.stringify(NAMES.map((name) => other[name]));
}

export function specificity(scope: Scope): number[] {
  const longest = (codes: Limits): number => Math.max(0, ...(codes ?? []).map((code) => code.length));
  return [+(scope.qualifications !== null), longest(scope.fields), longest(scope.occupations), +(scope.nqf !== null), +(scope.routes !== null)];
}
