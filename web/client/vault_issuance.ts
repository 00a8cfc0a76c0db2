// Asks an issuer for the copies of a certificate (OpenID4VCI 1.0 §8): one key for each, now or when they are ready (§9), encrypted
// where the issuer can. What comes is not yet believed; who reads it checks it.
import { isObject, type JsonObject } from "./json.ts";
import { decryptWith, encryptTo, ENCS, newEncryptionKey, type OwnKey } from "./jwe.ts";
import { MalformedValue } from "./problems.ts";
import { AccessEnded, accessTo, through, type Access, type Grant, type Keeping } from "./vault_access.ts";
import { ForeignOffer } from "./vault_api.ts";
import { keyProof, newHolderKey, type HolderKey, type Naming } from "./vault_holder.ts";
import { issuerOf, object, type Here, type Issuer, type Offer } from "./vault_offers.ts";
import { objectIn, type Message, type Reply } from "./vault_relay.ts";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const JWT_TYPE = "application/jwt";
const COPIES = 3;
const SOONEST = 5; // seconds, where the issuer does not say when it is asked again
const LATEST = 30 * 86_400;
const OVER = [400, 403, 410]; // answers that say that there is nothing, and not that something is in the way
const NAMINGS: Naming[] = ["did:key", "jwk", "did:jwk"]; // how a proof names its key, the preferred first

// What the vault keeps, so that it can come back to an issuer.
export interface Tie {
  offer: Offer; // without its code
  access: Access;
  issuerName: string; // what it calls itself
  title: string; // what it calls the certificate
}

export interface Taken {
  copies: string[]; // as they were received, letter for letter
  keys: HolderKey[];
  tie: Tie;
  notification: string; // what the issuer is told of it by; empty where it wants to know nothing
}

// Copies that are not ready yet.
export interface Later {
  keys: HolderKey[];
  tie: Tie;
  transaction: string;
  at: number; // when the issuer may be asked again
}

export type Event = "credential_accepted" | "credential_failure" | "credential_deleted";

export const isLater = (found: Taken | Later): found is Later => "transaction" in found;

// How proofs name their key; null where the certificate is bound to none.
function namingOf({ proof_types_supported: types, cryptographic_binding_methods_supported: methods }: JsonObject): Naming | null {
  if (types === undefined && methods === undefined) return null;
  const offered = isObject(types) ? types : {};
  const jwt = isObject(offered.jwt) ? offered.jwt : null;
  if (offered.attestation !== undefined && !jwt) throw new ForeignOffer("the issuer wants an attested key", "keys");
  if (jwt?.key_attestations_required !== undefined) throw new ForeignOffer("the issuer wants an attested key", "keys");
  const algs = jwt?.proof_signing_alg_values_supported;
  if (!jwt || (Array.isArray(algs) && !algs.includes("ES256"))) throw new ForeignOffer("the issuer wants another key");
  const known = (Array.isArray(methods) ? methods.map(String) : ["jwk"]).map((one) => (one === "cose_key" ? "jwk" : one));
  const found = NAMINGS.find((naming) => known.includes(naming) || (naming !== "jwk" && known.includes("did")));
  if (!found) throw new ForeignOffer("the issuer wants its keys named otherwise");
  return found;
}

export async function take(offer: Offer, grant: Grant, here: Here): Promise<Taken | Later> {
  const issuer = await issuerOf(offer, here);
  const naming = namingOf(issuer.configuration);
  encryptionOf(issuer);
  sealingOf(issuer.metadata);
  const access = await accessTo(offer, issuer, grant, here);
  const title = nameOf(isObject(issuer.configuration.credential_metadata) ? issuer.configuration.credential_metadata : issuer.configuration);
  const tie = { offer: { ...offer, code: "" }, access, issuerName: nameOf(issuer.metadata), title };
  return request(tie, { issuer, naming }, here, async () => undefined);
}

// Asks for more copies of what was given before, each for a new key.
export async function takeMore(tie: Tie, here: Here, keep: Keeping): Promise<Taken | Later> {
  const issuer = await issuerOf(tie.offer, here);
  return request(tie, { issuer, naming: namingOf(issuer.configuration) }, here, keep);
}

async function request(tie: Tie, { issuer, naming }: { issuer: Issuer; naming: Naming | null }, here: Here, keep: Keeping): Promise<Taken | Later> {
  const { metadata } = issuer;
  const { offer, access } = tie;
  const batch = isObject(metadata.batch_credential_issuance) ? Number(metadata.batch_credential_issuance.batch_size) : 1;
  const keys = naming ? await Promise.all(Array.from({ length: Math.max(1, Math.min(COPIES, batch || 1)) }, newHolderKey)) : [];
  const what: JsonObject = access.identifier ? { credential_identifier: access.identifier } : { credential_configuration_id: offer.configuration };
  const body = { ...what, ...(naming ? await proofsFor(keys, naming, issuer, access.clientId, here) : {}) };
  const answer = await answerTo(String(metadata.credential_endpoint), body, { tie, issuer, here, keep });
  if (answer.later) return laterIn(answer.said, { keys, tie });
  return takenIn(answer.said, { keys, tie });
}

async function proofsFor(keys: HolderKey[], naming: Naming, { metadata }: Issuer, clientId: string | null, here: Here): Promise<JsonObject> {
  const { nonce_endpoint: endpoint, credential_issuer: issuer } = metadata;
  const nonce = typeof endpoint === "string" ? (await object({ url: endpoint, type: FORM, content: "" }, here)).c_nonce : null;
  const proofs = keys.map((key) => keyProof(key, { aud: String(issuer), ...(typeof nonce === "string" && { nonce }), ...(clientId !== null && { iss: clientId }) }, naming));
  return { proofs: { jwt: await Promise.all(proofs) } };
}

// Asks whether what was not ready is; raises MalformedValue when it is not given any more.
export async function askAgain({ tie, keys, transaction }: Later, here: Here, keep: Keeping): Promise<Taken | Later> {
  const issuer = await issuerOf(tie.offer, here);
  const endpoint = issuer.metadata.deferred_credential_endpoint;
  if (typeof endpoint !== "string") throw new MalformedValue("the issuer says no more where it is asked again");
  const { said, later } = await answerTo(endpoint, { transaction_id: transaction }, { tie, issuer, here, keep });
  return later ? laterIn({ transaction_id: transaction, ...said }, { keys, tie }) : takenIn(said, { keys, tie });
}

interface Way {
  tie: Tie;
  issuer: Issuer;
  here: Here;
  keep: Keeping;
}

async function answerTo(url: string, body: JsonObject, { tie, issuer, here, keep }: Way): Promise<{ said: JsonObject; later: boolean }> {
  const encryption = encryptionOf(issuer);
  const own = encryption && (await newEncryptionKey());
  const asked = own && { jwk: own.jwk, alg: "ECDH-ES", enc: encryption.enc }; // issuers in the field want `alg` here, too, as a draft had it
  const wanted: JsonObject = asked ? { ...body, credential_response_encryption: asked } : body;
  const message = await sealed(url, wanted, issuer.metadata, own !== null);
  const reply = await through(tie.access, { offer: tie.offer, issuer }, message, here, async (fresh) => {
    tie.access = fresh;
    await keep(fresh);
  });
  if (OVER.includes(reply.status)) throw new AccessEnded("the issuer gives no more for this");
  if (reply.status !== 200 && reply.status !== 202) throw new MalformedValue("the issuer gives nothing for this");
  return { said: await opened(reply, own), later: reply.status === 202 };
}

async function opened(reply: Reply, own: OwnKey | null): Promise<JsonObject> {
  if (!own) return objectIn(reply);
  if (reply.type !== JWT_TYPE) throw new MalformedValue("the issuer answers in the open what was to be encrypted");
  const content = await decryptWith(own, new TextDecoder().decode(reply.content).trim());
  return objectIn({ ...reply, content: new TextEncoder().encode(content) });
}

// How answers are encrypted; null where the issuer cannot.
function encryptionOf({ metadata }: Issuer): { enc: string } | null {
  const { credential_response_encryption: said } = metadata;
  if (!isObject(said)) return null;
  const [algs, encs] = [said.alg_values_supported, said.enc_values_supported].map((some) => (Array.isArray(some) ? some.map(String) : []));
  const enc = Object.keys(ENCS).find((name) => encs?.includes(name));
  if (enc && algs?.includes("ECDH-ES")) return { enc };
  if (said.encryption_required === true) throw new ForeignOffer("the issuer encrypts in another way");
  return null;
}

// A question that says how its answer is encrypted goes encrypted itself where the issuer has a key for that: else who carries it could
// put a key of their own in its place.
async function sealed(url: string, body: JsonObject, metadata: JsonObject, isWanted: boolean): Promise<Message> {
  const content = JSON.stringify(body);
  const plain = { url, accept: "*/*", type: JSON_TYPE, content };
  const to = sealingOf(metadata);
  return to && (isWanted || to.isRequired) ? { ...plain, type: JWT_TYPE, content: await encryptTo(to.jwk, to.enc, content) } : plain;
}

// The issuer's key for questions; null where it has none that is read here.
function sealingOf({ credential_request_encryption: said }: JsonObject): { jwk: JsonObject; enc: string; isRequired: boolean } | null {
  if (!isObject(said)) return null;
  const isRequired = said.encryption_required === true;
  const keys = isObject(said.jwks) && Array.isArray(said.jwks.keys) ? said.jwks.keys.filter(isObject) : [];
  const jwk = keys.find(({ kty, crv, alg }) => kty === "EC" && crv === "P-256" && (alg ?? "ECDH-ES") === "ECDH-ES");
  const encs = Array.isArray(said.enc_values_supported) ? said.enc_values_supported.map(String) : [];
  const enc = Object.keys(ENCS).find((name) => encs.includes(name));
  if (jwk && enc) return { jwk, enc, isRequired };
  if (isRequired) throw new ForeignOffer("the issuer is encrypted to in another way");
  return null;
}

function takenIn(answer: JsonObject, { keys, tie }: { keys: HolderKey[]; tie: Tie }): Taken {
  const given = Array.isArray(answer.credentials) ? answer.credentials : [];
  const copies = given.map((one) => (isObject(one) ? (one.credential ?? "") : "")).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  if (!copies.length || copies.length > Math.max(1, keys.length) || copies.includes("")) throw new MalformedValue("this is no certificate");
  const { notification_id: notification } = answer;
  return { copies, keys, tie, notification: typeof notification === "string" ? notification : "" };
}

function laterIn({ transaction_id: transaction, interval }: JsonObject, { keys, tie }: { keys: HolderKey[]; tie: Tie }): Later {
  if (typeof transaction !== "string" || !transaction) throw new MalformedValue("what is given later has no name");
  const wait = typeof interval === "number" && interval > 0 ? Math.min(interval, LATEST) : SOONEST;
  return { keys, tie, transaction, at: Date.now() + wait * 1000 };
}

function nameOf({ display }: JsonObject): string {
  const [first] = Array.isArray(display) ? display.filter(isObject) : [];
  return typeof first?.name === "string" ? first.name.slice(0, 200) : "";
}

// Tells the issuer what became of the certificate (§11); its answer changes nothing.
export async function notify({ tie, notification }: Taken, event: Event, here: Here): Promise<void> {
  if (!notification) return;
  try {
    const issuer = await issuerOf(tie.offer, here);
    const endpoint = issuer.metadata.notification_endpoint;
    if (typeof endpoint !== "string") return;
    const content = JSON.stringify({ notification_id: notification, event });
    await through({ ...tie.access, refresh: "" }, { offer: tie.offer, issuer }, { url: endpoint, accept: JSON_TYPE, type: JSON_TYPE, content }, here, async () => undefined);
  } catch {
    return; // nobody to tell
  }
}
