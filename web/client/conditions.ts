// What a rule still asks for, weighed against the person's other certificates: `trust/conditions.py` and `trust/evidence.py`.
import { alignmentCodes, object, subjectMember, typesOf, type Claim } from "./claims.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { day } from "./scope.ts";

const DAY = 86_400_000;
const DAYS_IN_A_MONTH = 30.4375;
const LEVELS = ["E0", "E1", "E2", "E3"];
const CEFR = ["A1", "A2", "B1", "B2", "C1", "C2"];
const PAPERS = ["payroll", "contract", "social-security", "documents-only"];
const GROUPS: { [role: string]: string } = {
  employer: "employer",
  supervisor: "employer",
  "co-worker": "colleague",
  client: "client",
  union: "organisation",
  community: "organisation",
  consulate: "organisation",
};

export interface Condition {
  id: string;
  texts: Json;
  options: Json[];
  isAlternative: boolean;
}

// What one attestation says of a stretch of work; `end` is the moment at which its last day is over.
export interface Attestation {
  experience: string;
  occupation: string;
  start: number;
  end: number;
  role: string;
  basis: string;
  group: string;
  isReciprocal: boolean;
  hasPapers: boolean;
}

// A certificate of the same person that is good in every respect.
export interface Shown {
  claim: Claim;
  document: JsonObject;
  attestation: Attestation | null;
}

// What is missing of a tree of `allOf`, `anyOf` and single conditions, at the moment for which recognition is asked.
export function unmet(requires: JsonObject, shown: Shown[], at: number): Condition[] {
  if (!Object.keys(requires).length) return [];
  const branches = (value: Json | undefined): Condition[][] => (value as Json[]).map((branch) => unmet(object(branch), shown, at));
  if ("allOf" in requires) return branches(requires.allOf).flat();
  if ("anyOf" in requires) {
    const found = branches(requires.anyOf);
    return found.every((conditions) => conditions.length) ? found.flat().map((condition) => ({ ...condition, isAlternative: true })) : [];
  }
  if (isMet(requires, shown, at)) return [];
  return [{ id: String(requires.id), texts: requires.texts ?? {}, options: (requires.options as Json[]) ?? [], isAlternative: false }];
}

function isMet({ qualifications, language, workExperience, credentialType, maxAgeDays }: JsonObject, shown: Shown[], at: number): boolean {
  if (qualifications) return shown.some(({ claim }) => claim.kind === "training" && (qualifications as Json[]).includes(claim.qualification));
  if (language) return shown.some(({ document }) => speaks(subjectMember(document, "achievement"), object(language)));
  if (workExperience) return months(shown, object(workExperience)) >= Number(object(workExperience).months);
  if (!credentialType) return false;
  const oldest = (maxAgeDays ?? null) === null ? Infinity : Number(maxAgeDays) * DAY;
  return shown.some(({ claim, document }) => typesOf(document).includes(credentialType) && at - claim.issued <= oldest);
}

function speaks(achievement: JsonObject, { code, min }: JsonObject): boolean {
  const level = CEFR.indexOf(alignmentCodes(achievement).get("ext:CEFR") ?? "");
  return achievement.inLanguage === code && level >= 0 && level >= CEFR.indexOf(String(min));
}

// The whole months of work in an occupation, each day of which is evidenced at least so well; a day counts once.
function months(shown: Shown[], { isco, evidenceLevel }: JsonObject): number {
  const told = shown.flatMap(({ attestation }) => attestation ?? []).filter(({ occupation }) => occupation.startsWith(String(isco)));
  const experiences = new Set(told.map(({ experience }) => experience));
  const edges = [...new Set(told.flatMap(({ start, end }) => [start, end]))].sort((one, other) => one - other);
  const holds = (moment: number) => (name: string) =>
    levelOf(told.filter(({ experience, start, end }) => experience === name && start <= moment && moment < end)) >= LEVELS.indexOf(String(evidenceLevel));
  const spans = edges.slice(1).map((end, place) => ([...experiences].some(holds(edges[place] as number)) ? end - (edges[place] as number) : 0));
  return Math.floor(spans.reduce((sum, span) => sum + span, 0) / DAY / DAYS_IN_A_MONTH);
}

export function readAttestation(document: JsonObject, issuerKind: Json | undefined): Attestation | null {
  const work = subjectMember(document, "workExperience");
  const [start, end] = [work.startDate, work.endDate].map(dayOf) as [number, number];
  if (!(end >= start) || end - start > 80 * 366 * DAY) return null;
  const told = object(work.attestation);
  const issuer = String(isObject(document.issuer) ? document.issuer.id : document.issuer);
  return {
    experience: String(work.id || document.id || issuer),
    occupation: alignmentCodes(work).get("ext:ISCO08") ?? "",
    start,
    end: end + DAY,
    role: String(told.role || (issuerKind === "Employer" ? "employer" : "self")),
    basis: String(told.basis || (work.attestationBasis ?? "")),
    group: String(told.independenceGroup || issuer),
    isReciprocal: told.reciprocal === true,
    hasPapers: Object.keys(Object(told.evidence ?? "")).length > 0,
  };
}

function dayOf(value: Json | undefined): number {
  const found = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(found) || day(found) !== value ? NaN : found;
}

// How well one experience is evidenced by everything that is said of it: the number of E0, E1, E2 or E3.
export function levelOf(attestations: Attestation[]): number {
  const told = attestations.filter(({ role }) => Object.hasOwn(GROUPS, role));
  if (told.some(({ role, basis }) => role === "employer" || PAPERS.includes(basis))) return 3;
  const witnesses = told.filter(({ isReciprocal }) => !isReciprocal);
  if (!witnesses.some((one) => witnesses.some((other) => one.group !== other.group && GROUPS[one.role] !== GROUPS[other.role]))) return told.length ? 1 : 0;
  return told.some(({ hasPapers }) => hasPapers) ? 3 : 2;
}
