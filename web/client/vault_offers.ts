// Takes a certificate that an issuer of this deployment holds out by OpenID4VCI 1.0: pre-authorized code, one key for each copy. The
// page's policy lets it ask this address alone; another issuer's offer needs another wallet.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { Unreachable } from "./vault_api.ts";
import { keyProof, newHolderKey, type HolderKey } from "./vault_holder.ts";

const SCHEME = "openid-credential-offer://";
const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const COPIES = 3;
const FORMATS = ["ldp_vc", "dc+sd-jwt"];

// The offer is of another address, or of a form that a vault does not show.
export class ForeignOffer extends Error {}

export interface Offer {
  issuer: string;
  configuration: string;
  code: string;
  asksNumber: boolean; // a number that the centre tells the holder another way
}

export interface Taken {
  copies: string[]; // as they were received, letter for letter
  keys: HolderKey[];
  accepted: () => Promise<void>;
}

export function isOffer(text: string): boolean {
  return text.trim().startsWith(SCHEME);
}

async function asked(url: string, init: RequestInit = {}): Promise<JsonObject> {
  const at = new URL(url);
  if (at.origin !== location.origin) throw new ForeignOffer(at.origin);
  const answer = await fetch(at, { cache: "no-store", credentials: "omit", ...init }).catch(() => null);
  if (!answer || answer.status >= 500) throw new Unreachable("the issuer did not answer");
  const found = (await answer.json().catch(() => null)) as Json;
  if (!answer.ok || !isObject(found)) throw new MalformedValue("nothing is given for this offer");
  return found;
}

function sent(body: JsonObject, access: string): RequestInit {
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", Authorization: `Bearer ${access}` } };
}

export async function readOffer(text: string): Promise<Offer> {
  const given = new URLSearchParams(text.trim().slice(SCHEME.length).replace(/^\?/, ""));
  const by = given.get("credential_offer_uri");
  const offer = by ? await asked(by) : (JSON.parse(given.get("credential_offer") ?? "null") as Json);
  if (!isObject(offer) || !isObject(offer.grants) || !Array.isArray(offer.credential_configuration_ids)) throw new MalformedValue("this is no offer");
  const grant = offer.grants[PRE_AUTHORIZED];
  const issuer = String(offer.credential_issuer);
  if (!URL.canParse(issuer) || new URL(issuer).origin !== location.origin || !isObject(grant)) throw new ForeignOffer(issuer);
  const configuration = String(offer.credential_configuration_ids[0]);
  return { issuer, configuration, code: String(grant["pre-authorized_code"]), asksNumber: isObject(grant.tx_code) };
}

export async function take({ issuer, configuration, code }: Offer, number: string): Promise<Taken> {
  const { origin, pathname } = new URL(issuer);
  const metadata = await asked(`${origin}/.well-known/openid-credential-issuer${pathname}`);
  const known = isObject(metadata.credential_configurations_supported) ? metadata.credential_configurations_supported[configuration] : null;
  if (metadata.credential_issuer !== issuer || !isObject(known) || !FORMATS.includes(String(known.format))) throw new ForeignOffer(configuration);
  const server = await asked(`${origin}/.well-known/oauth-authorization-server${pathname}`);
  const form = new URLSearchParams({ grant_type: PRE_AUTHORIZED, "pre-authorized_code": code, ...(number && { tx_code: number }) });
  const access = String((await asked(String(server.token_endpoint), { method: "POST", body: form })).access_token);
  const batch = isObject(metadata.batch_credential_issuance) ? Number(metadata.batch_credential_issuance.batch_size) : 1;
  const keys = await Promise.all(Array.from({ length: Math.min(COPIES, batch || 1) }, newHolderKey));
  const nonce = String((await asked(String(metadata.nonce_endpoint), { method: "POST" })).c_nonce);
  const proofs = await Promise.all(keys.map((key) => keyProof(key, issuer, nonce)));
  const body = { credential_configuration_id: configuration, proofs: { jwt: proofs } };
  const answer = await asked(String(metadata.credential_endpoint), sent(body, access));
  const copies = (Array.isArray(answer.credentials) ? answer.credentials : []).map((one) => (isObject(one) ? (one.credential ?? "") : one)).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  if (!copies.length) throw new MalformedValue("the certificate is not ready yet");
  return { copies, keys, accepted: () => accepted(metadata, answer, access) };
}

// Tells the issuer that the certificate is kept; its answer changes nothing.
async function accepted(metadata: JsonObject, answer: JsonObject, access: string): Promise<void> {
  const { notification_endpoint: endpoint } = metadata;
  const id = answer.notification_id;
  if (typeof endpoint !== "string" || typeof id !== "string" || new URL(endpoint).origin !== location.origin) return;
  await fetch(endpoint, sent({ notification_id: id, event: "credential_accepted" }, access)).catch(() => undefined);
}
