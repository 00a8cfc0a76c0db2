// A state's decision on one person's certificate: `trust/decisions.py` in the browser.
import { base64url, joined, sha256, utf8 } from "./bytes.ts";
import { subjectMember, object, readClaim, type Claim, type Verified } from "./claims.ts";
import { canonical, isObject, type Json, type JsonObject } from "./json.ts";
import type { Listed, Lists } from "./lists.ts";
import { contains, parsePeriod } from "./scope.ts";

const OUTCOMES = ["recognised", "partly", "refused"];
const SHA2_256 = Uint8Array.of(0x12, 0x20); // multihash: code and length

export interface Decision {
  id: string;
  authority: Listed;
  decided: number;
  until: number | null;
  told: JsonObject;
}

// A decision is bound to a certificate's words, or to the whole certificate as it was received.
export function binds(digest: Json | undefined, document: JsonObject): boolean {
  const { proof: _, ...words } = document;
  return digest === digestOf(words) || digest === digestOf(document);
}

// Names a certificate by its words, whatever proofs it carries.
export function wordsDigest({ proof: _, ...words }: JsonObject): string {
  return digestOf(words);
}

function digestOf(document: JsonObject): string {
  return `u${base64url(joined(SHA2_256, sha256(utf8(canonical(document)))))}`;
}

export function holds({ checks }: Verified): boolean {
  return Object.values(checks).every(({ outcome }) => outcome === "passed");
}

// Returns the newest decision of a state on a certificate that holds, for every purpose.
export function decisionOn(document: JsonObject, papers: Verified[], state: string, lists: Lists): Decision | undefined {
  const found = papers.filter(holds).flatMap((paper) => readDecision(paper, document, state, lists) ?? []);
  const newer = (one: Decision, other: Decision): boolean => one.decided > other.decided || (one.decided === other.decided && one.id >= other.id);
  return found.reduce<Decision | undefined>((best, one) => (best && newer(best, one) ? best : one), undefined);
}

export function readDecision(paper: Verified, on: JsonObject, state: string, lists: Lists): Decision | null {
  const claim = readClaim(paper.document);
  const told = subjectMember(paper.document, "recognitionDecision");
  if (claim.kind !== "decision" || told.state !== state || told.purpose || !OUTCOMES.includes(String(told.outcome))) return null;
  const authority = signingAuthorities(claim, paper, lists).find((one) => one.state === state);
  if (!authority || !binds(object(told.of).digestMultibase, on)) return null;
  const until = typeof paper.document.validUntil === "string" ? Date.parse(paper.document.validUntil) : null;
  return { id: String(paper.document.id ?? ""), authority, decided: claim.issued, until, told };
}

// The authorities whose listed key signed, in use on that day and never stolen: several where several list one DID.
export function signingAuthorities(claim: Claim, paper: Verified, lists: Lists): Listed[] {
  return (lists.files.authorities ?? []).filter(({ record }) => {
    const keys = Array.isArray(record.keys) ? record.keys.filter(isObject) : [];
    return record.did === claim.issuer && keys.some((key) => signed(`${record.did}${key.id}`, key, claim, paper));
  });
}

function signed(method: string, key: JsonObject, claim: Claim, paper: Verified): boolean {
  const used = method === claim.method && key.publicKeyMultibase === paper.key && contains(parsePeriod(key.from, key.until), claim.issued);
  return used && (key.compromisedSince ?? null) === null;
}
