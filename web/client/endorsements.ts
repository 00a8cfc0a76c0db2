// Which parties have certified one award, counted: `trust/endorsements.py` in the browser.
import { entitled, inTime, issueTime, keyInList, stops, type Moments, type Step } from "./checks.ts";
import { readClaim, subjectOfDocument, type Claim, type Verified } from "./claims.ts";
import { binds, holds, signingAuthorities } from "./decisions.ts";
import { bundleAge, AMBER_DAYS } from "./freshness.ts";
import type { JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { contains, parsePeriod } from "./scope.ts";

export interface CoCertification {
  certified: string[]; // codes of parties, the award's own first
  parties: string[];
  needed: number | null;
  legalBasis: string;
  endorsements: string[]; // ids of their credentials
}

export function coCertification(main: Verified, papers: Verified[], lists: Lists, moments: Moments): CoCertification | null {
  if (!holds(main) || lists.elsewhere.length || bundleAge(lists.published, moments.now) > AMBER_DAYS) return null;
  const claim = readClaim(main.document);
  const known = (lists.files.issuers ?? []).filter(({ record }) => record.did === claim.issuer).sort((one, other) => (one.state < other.state ? -1 : 1));
  const home = known.find((issuer) => entitledAndSigned(main, claim, issuer, lists, moments));
  const members = lists.parties.filter((party) => contains(parsePeriod(party.from, party.until), moments.at));
  const parties = members.map(({ code }) => String(code)).sort();
  if (!home || !parties.includes(home.state)) return null;
  const given = endorsements(main.document, papers, lists);
  const counted = [...given.keys()].sort().filter((state) => parties.includes(state) && state !== home.state && !(state in lists.ranOut) && !stops(claim, home, state, lists, moments).length);
  const threshold = lists.coCertification?.threshold;
  return {
    certified: [home.state, ...counted],
    parties,
    needed: threshold === undefined ? null : threshold === "all" ? parties.length : Number(threshold),
    legalBasis: String(lists.coCertification?.legalBasis ?? ""),
    endorsements: counted.map((state) => given.get(state) as string),
  };
}

// The count as a reason, for the catalogue of explanations.
export function countStep({ certified, parties, needed, legalBasis }: CoCertification): { code: string; params: Step["params"] } {
  const params = { n: String(certified.length), m: String(parties.length) };
  if (needed === null) return { code: "certified-by", params };
  return { code: certified.length >= needed ? "co-certified" : "co-certified-not-yet", params: { ...params, needed: String(needed), basis: legalBasis } };
}

function entitledAndSigned(main: Verified, claim: Claim, issuer: Listed, lists: Lists, moments: Moments): boolean {
  const steps = [
    keyInList(main, claim, issuer),
    ...inTime(issuer.state, "entitled", lists),
    ...entitled(claim, issuer, lists),
    ...issueTime(main, claim, issuer, lists, moments),
    ...stops(claim, issuer, issuer.state, lists, moments),
  ];
  return steps.every(({ outcome }) => outcome === "passed" || outcome === "note");
}

// The oldest good endorsement of each state: its code to the id of the credential.
function endorsements(document: JsonObject, papers: Verified[], lists: Lists): Map<string, string> {
  const read = papers.filter(holds).flatMap((paper) => {
    const claim = readClaim(paper.document);
    const authorities = claim.kind === "endorsement" ? signingAuthorities(claim, paper, lists) : [];
    const [authority] = authorities;
    if (authorities.length !== 1 || !authority || !binds(subjectOfDocument(paper.document).digestMultibase, document)) return [];
    const party = lists.parties.find(({ code }) => code === authority.state);
    const isParty = party && contains(parsePeriod(party.from, party.until), claim.issued);
    return isParty ? [{ state: authority.state, given: claim.issued, id: String(paper.document.id ?? "") }] : [];
  });
  read.sort((one, other) => one.given - other.given || (one.id < other.id ? -1 : 1));
  const found = new Map<string, string>();
  for (const { state, id } of read) if (!found.has(state)) found.set(state, id);
  return found;
}
