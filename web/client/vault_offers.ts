// Takes a certificate that an issuer holds out by OpenID4VCI 1.0, of this deployment or another: its offer, its metadata, a token, one key
// for each copy. What comes is not yet believed; who reads it checks it.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { ForeignOffer, Unanswered } from "./vault_api.ts";
import { keyProof, newHolderKey, type HolderKey, type Naming } from "./vault_holder.ts";
import { isAddress, objectIn, type Courier, type Message, type Reply } from "./vault_relay.ts";

const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const AUTHORIZATION = "authorization_code";
const FORM = "application/x-www-form-urlencoded";
const COPIES = 3;
const LONGEST = 100_000;
const FORMATS = ["ldp_vc", "dc+sd-jwt", "jwt_vc_json", "mso_mdoc"];
const NAMINGS: Naming[] = ["did:key", "jwk", "did:jwk"]; // how a proof names its key, the preferred first

export interface Here {
  courier: Courier;
  origin: string; // this page's own, the only one that may lack TLS
}

export interface Offer {
  issuer: string;
  configuration: string;
  code: string; // pre-authorized; empty where the holder signs in at the issuer
  issuerState: string; // names the offer when they do
  asksNumber: boolean; // a number that the issuer tells the holder another way
  numberHint: string;
  server: string; // the authorization server that the offer names; empty where it names none
}

export interface Taken {
  copies: string[]; // as they were received, letter for letter
  keys: HolderKey[];
  issuer: string; // the credential issuer's address
  issuerName: string; // what it calls itself
  accepted: () => Promise<void>;
}

export interface Issuer {
  metadata: JsonObject;
  configuration: JsonObject;
  server: JsonObject; // metadata of its authorization server
}

// What a token is asked for with; `clientId` where the holder signed in for a client.
export interface Grant {
  form: { [name: string]: string };
  clientId: string | null;
}

async function asked(message: Omit<Message, "accept">, { courier, origin }: Here): Promise<Reply> {
  if (!isAddress(message.url, origin)) throw new ForeignOffer("an address of the issuer is no https address");
  const reply = await courier({ accept: "application/json", ...message });
  if (reply.status >= 500) throw new Unanswered("the issuer has a trouble of its own");
  return reply;
}

export async function object(message: Omit<Message, "accept">, here: Here): Promise<JsonObject> {
  const reply = await asked(message, here);
  if (reply.status !== 200 && reply.status !== 201) throw new MalformedValue("nothing is given for this offer");
  return objectIn(reply);
}

export async function readOffer(text: string, here: Here): Promise<Offer> {
  const given = new URLSearchParams(/\?([^#]*)/.exec(text.trim())?.[1] ?? "");
  const by = given.get("credential_offer_uri");
  const value = given.get("credential_offer") ?? "";
  if (text.length > LONGEST || (by !== null && value)) throw new MalformedValue("this is no offer");
  const offer = by ? await object({ url: by }, here) : parsed(value);
  const { credential_issuer: issuer, credential_configuration_ids: ids, grants } = offer;
  if (typeof issuer !== "string" || !isAddress(issuer, here.origin) || !Array.isArray(ids) || typeof ids[0] !== "string") throw new MalformedValue("this is no offer");
  const held = isObject(grants) ? grants : {};
  const code = isObject(held[PRE_AUTHORIZED]) ? held[PRE_AUTHORIZED]["pre-authorized_code"] : undefined;
  const grant = held[code === undefined ? AUTHORIZATION : PRE_AUTHORIZED] ?? {};
  if (!isObject(grant) || (code !== undefined && typeof code !== "string")) throw new MalformedValue("this is no offer");
  const number = code !== undefined && isObject(grant.tx_code) ? grant.tx_code : null;
  const hint = typeof number?.description === "string" ? number.description.slice(0, 300) : "";
  const server = typeof grant.authorization_server === "string" ? grant.authorization_server : "";
  const issuerState = typeof grant.issuer_state === "string" ? grant.issuer_state : "";
  return { issuer, configuration: ids[0], code: code ?? "", issuerState, asksNumber: number !== null, numberHint: hint, server };
}

function parsed(text: string): JsonObject {
  try {
    const found = JSON.parse(text) as Json;
    if (isObject(found)) return found;
  } catch {
    // told below
  }
  throw new MalformedValue("this is no offer");
}

// The well-known part stands before the path (OpenID4VCI 1.0 §12.2.2, RFC 8414 §3.1).
function wellKnown(name: string, base: string): string {
  const { origin, pathname } = new URL(base);
  return `${origin}/.well-known/${name}${pathname === "/" ? "" : pathname.replace(/\/$/, "")}`;
}

export async function issuerOf({ issuer, configuration, server }: Offer, here: Here): Promise<Issuer> {
  const metadata = await object({ url: wellKnown("openid-credential-issuer", issuer) }, here);
  const known = isObject(metadata.credential_configurations_supported) ? metadata.credential_configurations_supported[configuration] : null;
  if (metadata.credential_issuer !== issuer || !isObject(known)) throw new MalformedValue("the issuer does not say that it gives this");
  if (!FORMATS.includes(String(known.format))) throw new ForeignOffer(`the form is ${String(known.format)}`);
  const encryption = metadata.credential_response_encryption;
  if (isObject(encryption) && encryption.encryption_required === true) throw new ForeignOffer("the issuer gives nothing in the open");
  const servers = Array.isArray(metadata.authorization_servers) ? metadata.authorization_servers.map(String) : [issuer];
  const chosen = server || servers[0] || issuer;
  if (!servers.includes(chosen) || !isAddress(chosen, here.origin)) throw new MalformedValue("the offer names a server that is none of the issuer's");
  const of = await object({ url: wellKnown("oauth-authorization-server", chosen) }, here);
  if (of.issuer !== chosen || typeof of.token_endpoint !== "string") throw new MalformedValue("the issuer's server is not as it says");
  return { metadata, configuration: known, server: of };
}

// How proofs name their key; null where the certificate is bound to none.
function namingOf({ proof_types_supported: types, cryptographic_binding_methods_supported: methods }: JsonObject): Naming | null {
  if (types === undefined && methods === undefined) return null;
  const jwt = isObject(types) ? types.jwt : null;
  const algs = isObject(jwt) ? jwt.proof_signing_alg_values_supported : null;
  if (!isObject(jwt) || (Array.isArray(algs) && !algs.includes("ES256")) || jwt.key_attestations_required !== undefined) throw new ForeignOffer("the issuer wants another key");
  const known = (Array.isArray(methods) ? methods.map(String) : ["jwk"]).map((one) => (one === "cose_key" ? "jwk" : one));
  const found = NAMINGS.find((naming) => known.includes(naming) || (naming !== "jwk" && known.includes("did")));
  if (!found) throw new ForeignOffer("the issuer wants its keys named otherwise");
  return found;
}

interface Token {
  access: string;
  identifier: string; // of the credential, where the token's answer names one
}

export function preAuthorized({ code }: Offer, number: string): Grant {
  return { clientId: null, form: { grant_type: PRE_AUTHORIZED, "pre-authorized_code": code, ...(number && { tx_code: number }) } };
}

async function tokenFor({ configuration }: Offer, { server }: Issuer, { form }: Grant, here: Here): Promise<Token> {
  const answer = await object({ url: String(server.token_endpoint), type: FORM, content: new URLSearchParams(form).toString() }, here);
  const { access_token: access, token_type: type, authorization_details: details } = answer;
  if (typeof access !== "string" || String(type).toLowerCase() !== "bearer") throw new ForeignOffer("the token is of another kind");
  const own = (Array.isArray(details) ? details : []).filter(isObject).find((one) => one.credential_configuration_id === configuration);
  const [identifier] = Array.isArray(own?.credential_identifiers) ? own.credential_identifiers : [];
  return { access, identifier: typeof identifier === "string" ? identifier : "" };
}

async function proofsFor(keys: HolderKey[], naming: Naming, { metadata }: Issuer, clientId: string | null, here: Here): Promise<JsonObject> {
  const { nonce_endpoint: endpoint, credential_issuer: issuer } = metadata;
  const nonce = typeof endpoint === "string" ? (await object({ url: endpoint, type: FORM, content: "" }, here)).c_nonce : null;
  const proofs = keys.map((key) => keyProof(key, { aud: String(issuer), ...(typeof nonce === "string" && { nonce }), ...(clientId !== null && { iss: clientId }) }, naming));
  return { proofs: { jwt: await Promise.all(proofs) } };
}

export async function take(offer: Offer, grant: Grant, here: Here): Promise<Taken> {
  const issuer = await issuerOf(offer, here);
  const { metadata, configuration } = issuer;
  const naming = namingOf(configuration);
  const { access, identifier } = await tokenFor(offer, issuer, grant, here);
  const batch = isObject(metadata.batch_credential_issuance) ? Number(metadata.batch_credential_issuance.batch_size) : 1;
  const keys = naming ? await Promise.all(Array.from({ length: Math.max(1, Math.min(COPIES, batch || 1)) }, newHolderKey)) : [];
  const what: JsonObject = identifier ? { credential_identifier: identifier } : { credential_configuration_id: offer.configuration };
  const body = { ...what, ...(naming ? await proofsFor(keys, naming, issuer, grant.clientId, here) : {}) };
  const answer = await object(sent(String(metadata.credential_endpoint), body, access), here);
  const given = Array.isArray(answer.credentials) ? answer.credentials : [];
  const copies = given.map((one) => (isObject(one) ? (one.credential ?? "") : "")).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  if (!copies.length || copies.length > Math.max(1, keys.length) || copies.includes("")) throw new MalformedValue("the certificate is not ready yet");
  return { copies, keys, issuer: offer.issuer, issuerName: nameOf(metadata), accepted: () => accepted(metadata, answer, access, here) };
}

function nameOf({ display }: JsonObject): string {
  const [first] = Array.isArray(display) ? display.filter(isObject) : [];
  return typeof first?.name === "string" ? first.name.slice(0, 200) : "";
}

function sent(url: string, body: JsonObject, access: string): Omit<Message, "accept"> {
  return { url, type: "application/json", content: JSON.stringify(body), authorization: `Bearer ${access}` };
}

// Tells the issuer that the certificate is kept; its answer changes nothing.
async function accepted({ notification_endpoint: endpoint }: JsonObject, { notification_id: id }: JsonObject, access: string, here: Here): Promise<void> {
  if (typeof endpoint !== "string" || typeof id !== "string") return;
  await asked(sent(endpoint, { notification_id: id, event: "credential_accepted" }, access), here).catch(() => undefined);
}
