// What is shown beside a certificate: decisions and endorsements of states, verified by what is kept on this device.
import { object, type Outcome, type Verified } from "./claims.ts";
import { isClockWrong } from "./freshness.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { parseMultikey } from "./keys.ts";
import type { Lists } from "./lists.ts";
import { proofHolds, SUITES } from "./proofs.ts";
import { keyOf, quietStatus, type Kept } from "./status.ts";
import { validity } from "./validity.ts";

export const MOST_PAPERS = 10;
const V2 = "https://www.w3.org/ns/credentials/v2";
const FORMS: { [type: string]: string } = {
  RecognitionDecisionCredential: "https://comity.example/schemas/recognition-decision-credential.v1.json",
  EndorsementCredential: "https://comity.example/schemas/endorsement-credential.v1.json",
};

export function isPaper({ type }: JsonObject): boolean {
  return Array.isArray(type) && Object.keys(FORMS).some((name) => type.includes(name));
}

export async function verifyPaper(document: JsonObject, lists: Lists, kept: Kept, now: Date): Promise<Verified> {
  const issuer = String(isObject(document.issuer) ? document.issuer.id : document.issuer);
  const proof = proofOf(document.proof);
  const key = keyOf(String(proof.verificationMethod), issuer, lists);
  const single = { ...document, proof };
  const checks = {
    "data-model": { outcome: formed(document) ? ("passed" as const) : ("failed" as const) },
    schema: { outcome: schemaOf(document) },
    proof: { outcome: await proven(single, key) },
    "issuer-key": { outcome: key ? ("passed" as const) : ("unknown" as const) },
    "validity-period": isClockWrong(lists.published, now) ? { outcome: "unknown" as const } : validity(document, now.getTime()),
    status: await quietStatus(document, lists, kept),
  };
  return { document: single, key: key ?? "", checks };
}

async function proven(document: JsonObject, key: string | undefined): Promise<Outcome> {
  if (!key) return "unknown";
  return (await proofHolds(document, parseMultikey(key))) ? "passed" : "failed";
}

// Of a set of proofs the one that can be checked here: both say the same of the same words.
function proofOf(value: Json | undefined): JsonObject {
  const proofs = (Array.isArray(value) ? value : [value ?? null]).filter(isObject);
  return proofs.find(({ cryptosuite }) => String(cryptosuite) in SUITES) ?? {};
}

function formed(document: JsonObject): boolean {
  const contexts = document["@context"];
  const types = Array.isArray(document.type) ? document.type : [];
  const named = typeof document.issuer === "string" || typeof object(document.issuer).id === "string";
  return Array.isArray(contexts) && contexts[0] === V2 && types.includes("VerifiableCredential") && named && isObject(document.credentialSubject);
}

function schemaOf(document: JsonObject): Outcome {
  const types = Array.isArray(document.type) ? document.type.map(String) : [];
  const form = types.map((type) => FORMS[type]).find(Boolean);
  if (form === undefined || object(document.credentialSchema).id !== form) return "unknown";
  const subject = object(document.credentialSubject);
  const digest = types.includes("EndorsementCredential") ? subject.digestMultibase : object(object(subject.recognitionDecision).of).digestMultibase;
  return typeof document.id === "string" && typeof document.validFrom === "string" && /^u[\w-]{46}$/.test(String(digest)) ? "passed" : "failed";
}
