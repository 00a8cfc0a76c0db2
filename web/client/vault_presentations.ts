// Presentations of whole certificates, made for one asker and one question: Data Integrity (`ecdsa-jcs-2019`) and JWT.
import { base58, joined, sha256, utf8 } from "./bytes.ts";
import { canonical, type Json, type JsonObject } from "./json.ts";
import { signWith, signedToken } from "./vault_holder.ts";
import type { Copy } from "./vault_holdings.ts";

const V2 = "https://www.w3.org/ns/credentials/v2";
const V1 = "https://www.w3.org/2018/credentials/v1";

export interface For {
  audience: string;
  nonce: string;
  now: number;
}

function methodOf({ holder }: Copy): string {
  return holder.startsWith("did:jwk:") ? `${holder}#0` : `${holder}#${holder.slice("did:key:".length)}`;
}

// A presentation stands in the version of the data model that its certificate is of.
function documentOf(copy: Copy, credential: Json): JsonObject {
  const contexts = copy.token.claims["@context"];
  const version = Array.isArray(contexts) && contexts[0] === V1 ? V1 : V2;
  return { "@context": [version], type: ["VerifiablePresentation"], holder: copy.holder, verifiableCredential: [credential] };
}

export async function presentedDocument(copy: Copy, { audience, nonce, now }: For): Promise<JsonObject> {
  const document = documentOf(copy, JSON.parse(copy.text) as Json);
  const options: JsonObject = {
    "@context": document["@context"] as Json,
    type: "DataIntegrityProof",
    cryptosuite: "ecdsa-jcs-2019",
    created: `${new Date(now).toISOString().slice(0, 19)}Z`,
    verificationMethod: methodOf(copy),
    proofPurpose: "authentication",
    domain: audience,
    challenge: nonce,
  };
  const data = joined(sha256(utf8(canonical(options))), sha256(utf8(canonical(document))));
  return { ...document, proof: { ...options, proofValue: `z${base58(await signWith(copy.key, data))}` } };
}

export function presentedJwt(copy: Copy, { audience, nonce, now }: For): Promise<string> {
  const iat = Math.floor(now / 1000);
  const kid = methodOf(copy);
  if (copy.format === "vc+jwt") {
    const enveloped = { "@context": [V2], id: `data:application/vc+jwt,${copy.text}`, type: "EnvelopedVerifiableCredential" };
    return signedToken(copy.key, { typ: "vp+jwt", cty: "vp", kid }, { ...documentOf(copy, enveloped), aud: audience, nonce, iat });
  }
  const vp = { "@context": [V1], type: ["VerifiablePresentation"], verifiableCredential: [copy.text] };
  return signedToken(copy.key, { typ: "JWT", kid }, { iss: copy.holder, aud: audience, nonce, iat, vp });
}
