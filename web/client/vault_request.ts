// A question to the vault by OpenID4VP 1.0, read and checked on this device before anything of it is shown: who signed it, that it is
// meant for a wallet and still good, and that the answer goes where whoever asks says.
import { base64url, equal, fromBase64url, fromUtf8, sha256 } from "./bytes.ts";
import { parseQuery, type Query } from "./dcql.ts";
import { ENCS } from "./jwe.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { isSignedBy, parseJws, type Jws, type Key } from "./jws.ts";
import { MalformedValue } from "./problems.ts";
import { attestedKey, type Attester } from "./vault_attesters.ts";
import { keyBehind, webAddress } from "./vault_dids.ts";
import { isAddress, type Courier } from "./vault_relay.ts";
import { parseCertificate } from "./x509.ts";

const AUDIENCE = "https://self-issued.me/v2";
const TYP = "oauth-authz-req+jwt";
const LONGEST = 200_000; // characters of a request
const SLACK = 60_000;
const NONCE = /^[A-Za-z0-9._~-]{1,2000}$/;

export type Why = "form" | "identity" | "ended" | "unsupported" | "gone";

// The question is not answered, and why.
export class RequestRefused extends Error {
  readonly why: Why;

  constructor(why: Why, message: string) {
    super(message);
    this.why = why;
  }
}

// Who asks, as far as it is known: `host` is where the answer goes; `proven` whether that is who signed the question, too.
export interface Asker {
  clientId: string;
  did: string; // empty where there is none
  host: string;
  proven: boolean;
  attested: string; // the name that an authority of the lists vouches for; empty where none does
  saysName: string; // what they call themselves
}

export interface Encryption {
  jwk: JsonObject;
  enc: string;
}

export interface Asked {
  asker: Asker;
  query: Query;
  queryText: string; // as it was sent
  nonce: string;
  state: string | null;
  responseUri: string;
  encryption: Encryption | null;
}

export interface Here {
  courier: Courier;
  origin: string; // this page's own, the only one that may lack TLS
  now: number;
  walletNonce: string; // fresh
  attester: Attester;
}

// Returns what a link asks with; null where it is no question.
export function requestIn(text: string): URLSearchParams | null {
  const [, scheme = "", query = ""] = /^([a-z][a-z0-9+.-]*):(?:\/\/)?[^?#]*\?([^#]*)/i.exec(text.trim()) ?? [];
  const given = new URLSearchParams(query);
  const isOne = given.has("client_id") && ["request_uri", "request", "dcql_query"].some((name) => given.has(name));
  return isOne && !["javascript", "data", "blob", "file"].includes(scheme.toLowerCase()) ? given : null;
}

export async function readRequest(text: string, here: Here): Promise<Asked> {
  const given = requestIn(text);
  if (!given || text.length > LONGEST) throw new RequestRefused("form", "this is no question to a wallet");
  const clientId = given.get("client_id") ?? "";
  try {
    const jwt = await requestObject(given, here);
    const parameters = jwt === null ? plainParameters(given) : await signedParameters(parseJws(jwt), clientId, given, here);
    return asked(parameters, clientId, here);
  } catch (error) {
    if (error instanceof MalformedValue) throw new RequestRefused("form", error.message);
    throw error;
  }
}

// Returns the signed request, fetched where the link says so; null where the link itself is the question (RFC 9101 §5, OpenID4VP §5.10).
async function requestObject(given: URLSearchParams, { courier, origin, walletNonce }: Here): Promise<string | null> {
  const url = given.get("request_uri");
  if (url === null) return given.get("request");
  const method = given.get("request_uri_method") ?? "get";
  if (given.has("request") || !["get", "post"].includes(method)) throw new RequestRefused("form", "the link names its request in two ways, or in none that is known");
  if (!isAddress(url, origin)) throw new RequestRefused("form", "the request lies at no https address");
  const form = new URLSearchParams({ wallet_nonce: walletNonce }).toString();
  const posted = method === "post" ? { type: "application/x-www-form-urlencoded", content: form } : {};
  const reply = await courier({ url, accept: "application/oauth-authz-req+jwt", ...posted });
  if (reply.status !== 200) throw new RequestRefused("gone", `the request is not there: ${reply.status}`);
  if (reply.content.length > LONGEST) throw new RequestRefused("form", "the request is too large");
  return fromUtf8(reply.content).trim();
}

// Unsigned parameters can only be of somebody who is known by the address of the answer.
function plainParameters(given: URLSearchParams): JsonObject {
  if (!given.get("client_id")?.startsWith("redirect_uri:")) throw new RequestRefused("identity", "the question must be signed, and is not");
  const objects = ["dcql_query", "client_metadata", "transaction_data"];
  const read = (name: string, value: string): Json => {
    if (!objects.includes(name)) return value;
    try {
      return JSON.parse(value) as Json;
    } catch {
      throw new RequestRefused("form", `${name} is no JSON`);
    }
  };
  return Object.fromEntries([...given].map(([name, value]) => [name, read(name, value)]));
}

// The audience of a question to any wallet is a name of its own (§5.8); `@openid4vc/openid4vp` writes the request's own address.
async function signedParameters(jws: Jws, clientId: string, given: URLSearchParams, here: Here): Promise<JsonObject> {
  const { header, claims } = jws;
  if (header.typ !== TYP) throw new RequestRefused("form", "the token is no request");
  if (claims.client_id !== clientId) throw new RequestRefused("identity", "the link and the request name different askers");
  if (!(await isSignedBy(jws, await keyOfClient(jws, clientId, here)))) throw new RequestRefused("identity", "the signature is not the asker's");
  if (claims.aud !== AUDIENCE && (claims.aud === undefined || claims.aud !== given.get("request_uri"))) throw new RequestRefused("form", "the request is for somebody else");
  const moment = (name: string): number | null => (claims[name] === undefined ? null : Number(claims[name]) * 1000);
  const [ends, begins, made] = [moment("exp"), moment("nbf"), moment("iat")];
  if ([ends, begins, made].some(Number.isNaN)) throw new RequestRefused("form", "a time of the request is none");
  if (ends !== null && ends <= here.now - SLACK) throw new RequestRefused("ended", "the request is over");
  if ((begins ?? made ?? 0) > here.now + SLACK) throw new RequestRefused("ended", "the request is of the future");
  if (given.get("request_uri_method") === "post" && claims.wallet_nonce !== here.walletNonce) throw new RequestRefused("identity", "the request is not made for this vault");
  return claims;
}

function prefixOf(clientId: string): [string, string] {
  const mark = clientId.indexOf(":");
  return mark < 0 ? ["", clientId] : [clientId.slice(0, mark), clientId.slice(mark + 1)];
}

// OpenID4VP 1.0 §5.9.3: which key may sign for a client identifier.
async function keyOfClient(jws: Jws, clientId: string, { courier, now, attester }: Here): Promise<Key> {
  const { header, claims } = jws;
  const [prefix, name] = prefixOf(clientId);
  if (prefix === "verifier_attestation") {
    const key = await attestedKey(jws, name, attester, now);
    if (!key) throw new RequestRefused("identity", "nobody whom the lists know vouches for the asker");
    return key;
  }
  if (prefix === "decentralized_identifier") {
    const kid = String(header.kid ?? "");
    const key = kid.startsWith(`${name}#`) ? await keyBehind(kid, courier) : null;
    if (!key) throw new RequestRefused("identity", "the asker's DID names no such key");
    return key;
  }
  if (prefix !== "x509_hash" && prefix !== "x509_san_dns") throw new RequestRefused(prefix === "redirect_uri" ? "identity" : "unsupported", "such an asker signs no requests that are read here");
  const [leaf] = Array.isArray(header.x5c) ? header.x5c : [];
  const certificate = parseCertificate(leaf);
  if (now < certificate.from - SLACK || now > certificate.until + SLACK) throw new RequestRefused("identity", "the asker's certificate is not of today");
  const isTheirs = prefix === "x509_hash" ? isHash(name, sha256(certificate.der)) : certificate.hosts.includes(name.toLowerCase());
  if (!isTheirs) throw new RequestRefused("identity", "the certificate is not the asker's");
  if (prefix === "x509_san_dns" && hostOf(claims.response_uri) !== name.toLowerCase()) throw new RequestRefused("identity", "the answer would go to another host");
  return { spki: certificate.key };
}

function isHash(name: string, hash: Uint8Array): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(name) && equal(fromBase64url(name), hash) && base64url(hash) === name;
}

function hostOf(url: Json | undefined): string {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).hostname : "";
}

function asked(parameters: JsonObject, clientId: string, { origin }: Here): Asked {
  const { response_type, response_mode, response_uri, redirect_uri, nonce, state, dcql_query, transaction_data } = parameters;
  if (response_type !== "vp_token") throw new RequestRefused("unsupported", "the question is for no vp_token");
  if (response_mode !== "direct_post" && response_mode !== "direct_post.jwt") throw new RequestRefused("unsupported", "the answer would go another way than a vault can");
  if (redirect_uri !== undefined || typeof response_uri !== "string" || !isAddress(response_uri, origin)) throw new RequestRefused("form", "the answer has no https address");
  if (typeof nonce !== "string" || !NONCE.test(nonce)) throw new RequestRefused("form", "there is no nonce");
  if (state !== undefined && typeof state !== "string") throw new RequestRefused("form", "state is no text");
  if (transaction_data !== undefined) throw new RequestRefused("unsupported", "the question is about a transaction that is not known here");
  const [prefix, name] = prefixOf(clientId);
  if (prefix === "redirect_uri" && name !== response_uri) throw new RequestRefused("identity", "the answer would go elsewhere than to the asker");
  const metadata = isObject(parameters.client_metadata) ? parameters.client_metadata : {};
  return {
    asker: askerOf(prefix, name, clientId, response_uri, metadata),
    query: parseQuery(dcql_query),
    queryText: JSON.stringify(dcql_query),
    nonce,
    state: state ?? null,
    responseUri: response_uri,
    encryption: response_mode === "direct_post.jwt" ? encryptionOf(metadata) : null,
  };
}

// A host is proven where its own certificate, or its own DID document, names who signed.
function askerOf(prefix: string, name: string, clientId: string, responseUri: string, { client_name }: JsonObject): Asker {
  const { host } = new URL(responseUri);
  const did = prefix === "decentralized_identifier" ? name : "";
  const document = webAddress(did);
  const proven = prefix === "x509_san_dns" || (document !== null && new URL(document).host === host);
  const attested = prefix === "verifier_attestation" ? name : "";
  return { clientId, did, host, proven, attested, saysName: typeof client_name === "string" ? client_name.slice(0, 200) : "" };
}

// Keys that cannot be used are passed over (OpenID4VP 1.0 §8.3).
function encryptionOf({ jwks, encrypted_response_enc_values_supported: encs }: JsonObject): Encryption {
  const keys = isObject(jwks) && Array.isArray(jwks.keys) ? jwks.keys.filter(isObject) : [];
  const usable = ({ kty, crv, x, y, alg, use }: JsonObject): boolean =>
    kty === "EC" && crv === "P-256" && typeof x === "string" && typeof y === "string" && alg === "ECDH-ES" && (use ?? "enc") === "enc";
  const jwk = keys.find(usable);
  const offered = Array.isArray(encs) ? encs.map(String) : ["A128GCM"];
  const enc = Object.keys(ENCS).find((one) => offered.includes(one));
  if (!jwk || !enc) throw new RequestRefused("unsupported", "there is no key that the answer could be encrypted to");
  return { jwk, enc };
}
