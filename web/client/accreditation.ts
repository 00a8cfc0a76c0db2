// The walk from an issuer's accreditation up to its state: `trust/accreditation.py` in the browser.
import { object } from "./claims.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { contains, covers, meet, parseRecordedPeriod, parseScope, same, type Period, type Scope, type Subject } from "./scope.ts";

const MAX_LINKS = 4;
export const CIRCULAR = 0;
export const TOO_LONG = 1;
export const NO_MANDATE = 2;
export const OUTSIDE = 3;
export const NOT_IN_FORCE = 4;
export const ACTIVE = 5;

export interface Path {
  accreditation: JsonObject;
  authorities: string[];
  standing: number;
  clipped: boolean;
}

interface Mandate {
  scope: Scope;
  periods: Period[];
}

export function bestPath(issuer: Listed, actions: string[], subject: Subject, issued: number, lists: Lists): Path | undefined {
  const listed = (issuer.record.accreditations as JsonObject[]).filter((entry) => actions.includes(String(entry.action)));
  listed.sort((one, other) => (String(one.id) < String(other.id) ? -1 : 1));
  const judged = listed.map((entry) => judge(entry, issuer.state, subject, issued, lists));
  return judged.sort((one, other) => other.standing - one.standing)[0];
}

function judge(entry: JsonObject, state: string, subject: Subject, issued: number, lists: Lists): Path {
  const { chain, flaw } = chainOf(String(entry.by), state, lists);
  const authorities = chain.map((authority) => String(authority.id));
  const mandates = chain.map((authority) => mandateOf(authority, String(entry.action), subject, issued));
  const given = mandates.filter((mandate) => mandate !== undefined);
  if (flaw !== null || given.length < mandates.length) return { accreditation: entry, authorities, standing: flaw ?? NO_MANDATE, clipped: false };
  const own = parseScope(entry.scope);
  const scope = given.reduce((narrowed, mandate) => meet(narrowed, mandate.scope), own);
  const links = [periodsOf(entry), ...given.map((mandate) => mandate.periods)];
  const standing = !covers(scope, subject) ? OUTSIDE : links.every((periods) => inForce(periods, issued)) ? ACTIVE : NOT_IN_FORCE;
  return { accreditation: entry, authorities, standing, clipped: given.some((mandate) => !same(own, meet(own, mandate.scope))) };
}

export function authorityOf(id: string, lists: Lists): Listed | undefined {
  return lists.files.authorities?.findLast(({ state, record }) => record.id === id && id.startsWith(`urn:comity:${state}:`));
}

// An authority and those above it, up to the one that the state set up; else nobody, and why the chain does not end there.
function chainOf(id: string, state: string, lists: Lists): { chain: JsonObject[]; flaw: number | null } {
  const chain: JsonObject[] = [];
  for (let found = authorityOf(id, lists); found && found.state === state; found = authorityOf(String(found.record.by), lists)) {
    if (chain.includes(found.record)) return { chain: [], flaw: CIRCULAR };
    chain.push(found.record);
    if (!found.record.by) return chain.length < MAX_LINKS ? { chain, flaw: null } : { chain: [], flaw: TOO_LONG };
  }
  return { chain: [], flaw: NO_MANDATE };
}

function mandateOf(authority: JsonObject, action: string, subject: Subject, issued: number): Mandate | undefined {
  let best: Mandate | undefined;
  let furthest = -1;
  for (const record of (authority.mandates as JsonObject[]).filter((entry) => entry.action === action)) {
    const mandate = { scope: parseScope(record.scope), periods: periodsOf(record) };
    const reach = covers(mandate.scope, subject) ? (inForce(mandate.periods, issued) ? 2 : 1) : 0;
    if (reach > furthest) [best, furthest] = [mandate, reach];
  }
  return best;
}

function periodsOf(record: JsonObject): Period[] {
  return (record.periods as Json[]).map((period) => parseRecordedPeriod(object(period)));
}

function inForce(periods: Period[], moment: number): boolean {
  return periods.some((period) => contains(period, moment));
}

// When the first link that held a path on a day ended without a renewal that follows on; null when none has an end.
export function lapse(path: Path, subject: Subject, issued: number, lists: Lists): number | null {
  const action = String(path.accreditation.action);
  const above = path.authorities.map((id) => mandateOf((authorityOf(id, lists) as Listed).record, action, subject, issued)?.periods ?? []);
  const ends = [periodsOf(path.accreditation), ...above].map((periods) => coveredUntil(periods, issued)).filter((end) => end !== null);
  return ends.length ? Math.min(...ends) : null;
}

function coveredUntil(periods: Period[], issued: number): number | null {
  let until = issued;
  for (const { start, end } of [...periods].sort((one, other) => one.start - other.start)) {
    if (start > until || (end !== null && end <= until)) continue;
    if (end === null) return null;
    until = end;
  }
  return until;
}
