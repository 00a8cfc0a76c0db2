// What a credential says that recognition depends on, and what verification found of it.
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Lists } from "./lists.ts";
import { NO_DAY, type Subject } from "./scope.ts";

export type Outcome = "passed" | "failed" | "unknown";

// `checks` holds, for each check of a verification, what came of it; `code` names a status that was found, such as REVOKED.
export interface Verified {
  document: JsonObject;
  key: string;
  checks: { [name: string]: { outcome: Outcome; code?: string } };
}

export interface Claim {
  kind: "training" | "work" | "decision" | "endorsement";
  issuer: string;
  issued: number;
  awarded: number;
  qualification: string;
  field: string;
  occupation: string;
  route: string;
  holder: string; // the subject's identifier; empty where there is none
  method: string;
  isTestimony: boolean;
}

// What an issuer must be accredited for to say this, one of them; empty where accreditation is not asked.
export function actionsFor(claim: Claim): string[] {
  return claim.isTestimony ? TESTIMONY : ACTIONS[claim.kind];
}

const ACTIONS = { training: ["issue"], work: ["attest"], decision: [], endorsement: [] };
const TESTIMONY = ["attest", "collect"];
const WITNESSES = ["supervisor", "co-worker", "client", "union", "community", "consulate"];

const KINDS: [string, Claim["kind"]][] = [
  ["WorkExperienceCredential", "work"],
  ["RecognitionDecisionCredential", "decision"],
  ["EndorsementCredential", "endorsement"],
];

export function subjectOfDocument({ credentialSubject: subject }: JsonObject): JsonObject {
  return object(Array.isArray(subject) ? subject[0] : subject);
}

export function subjectMember(document: JsonObject, name: string): JsonObject {
  return object(subjectOfDocument(document)[name]);
}

export function typesOf({ type }: JsonObject): Json[] {
  return Array.isArray(type) ? type : [type ?? null];
}

export function readClaim(document: JsonObject): Claim {
  const subject = subjectOfDocument(document);
  const achievement = object(subject.achievement);
  const codes = alignmentCodes(Object.keys(achievement).length ? achievement : object(subject.workExperience));
  const issued = moment(document.validFrom) ?? NO_DAY;
  const proof = object(Array.isArray(document.proof) ? document.proof[0] : document.proof);
  const kind = KINDS.find(([type]) => typesOf(document).includes(type))?.[1] ?? "training";
  return {
    kind,
    issuer: isObject(document.issuer) ? String(document.issuer.id) : String(document.issuer),
    issued,
    awarded: moment(document.awardedDate) ?? issued,
    qualification: String(achievement.id ?? ""),
    field: codes.get("ext:ISCEDF") ?? "",
    occupation: codes.get("ext:ISCO08") ?? "",
    route: String(subject.assessmentRoute ?? "course"),
    holder: String(subject.id ?? ""),
    method: String(proof.verificationMethod),
    isTestimony: kind === "work" && WITNESSES.includes(String(object(object(subject.workExperience).attestation).role)),
  };
}

export function subjectOf(claim: Claim, lists: Lists): Subject {
  const known = qualification(claim.qualification, lists);
  if (!known) return { qualification: claim.qualification, field: claim.field, nqf: "", occupation: claim.occupation, route: claim.route };
  const { field, nqf, isco } = known.record;
  return { qualification: claim.qualification, field: String(field), nqf: String(nqf), occupation: String(isco), route: claim.route };
}

export interface Qualification {
  states: string[];
  record: JsonObject;
}

export function qualification(id: string, lists: Lists): Qualification | undefined {
  const own = lists.files.qualifications?.findLast(({ state, record }) => record.id === id && id.startsWith(`urn:comity:${state}:`));
  if (own) return { states: [own.state], record: own.record };
  const joint = lists.joint.findLast((record) => record.id === id && id.startsWith("urn:comity:joint:"));
  return joint ? { states: (joint.states as Json[]).map(String), record: joint } : undefined;
}

export function alignmentCodes(holder: JsonObject): Map<string, string> {
  const entries = Array.isArray(holder.alignment) ? holder.alignment.filter(isObject) : [];
  return new Map(entries.map((entry) => [String(entry.targetType), String(entry.targetCode)]));
}

export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function moment(value: Json | undefined): number | undefined {
  const found = typeof value === "string" && /(Z|[+-][0-9]{2}:[0-9]{2})$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(found) ? undefined : found;
}
