// Data Integrity proofs over JCS: `eddsa-jcs-2022` and `ecdsa-jcs-2019`.
import { fromBase58, joined, sha256, utf8 } from "./bytes.ts";
import { canonical, isObject, type JsonObject } from "./json.ts";
import { verifies, type PublicKey } from "./keys.ts";

export const SUITES: { [name: string]: PublicKey["algorithm"] } = { "eddsa-jcs-2022": "Ed25519", "ecdsa-jcs-2019": "ES256" };

export async function proofHolds(document: JsonObject, key: PublicKey): Promise<boolean> {
  const { proof, ...unsecured } = document;
  if (!isObject(proof) || proof.type !== "DataIntegrityProof" || proof.proofPurpose !== "assertionMethod") return false;
  if (SUITES[String(proof.cryptosuite)] !== key.algorithm) return false;
  const { proofValue, ...options } = proof;
  if (typeof proofValue !== "string" || !/^z[1-9A-HJ-NP-Za-km-z]+$/.test(proofValue)) return false;
  const data = joined(sha256(utf8(canonical(options))), sha256(utf8(canonical(unsecured))));
  return verifies(key, fromBase58(proofValue.slice(1)), data);
}
