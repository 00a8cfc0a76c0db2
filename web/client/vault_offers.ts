// Reads what an issuer holds out by OpenID4VCI 1.0, of this deployment or another: its offer, its metadata, its authorization server's.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { ForeignOffer, Unanswered } from "./vault_api.ts";
import { isAddress, objectIn, type Courier, type Message, type Reply } from "./vault_relay.ts";

const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const AUTHORIZATION = "authorization_code";
const LONGEST = 100_000;
const FORMATS = ["ldp_vc", "dc+sd-jwt", "jwt_vc_json", "mso_mdoc"];

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

export interface Issuer {
  metadata: JsonObject;
  configuration: JsonObject;
  server: JsonObject; // metadata of its authorization server
}

// Raises ForeignOffer for an address in the open, Unanswered where the other side has a trouble of its own.
export async function asked(message: Message, { courier, origin }: Here): Promise<Reply> {
  if (!isAddress(message.url, origin)) throw new ForeignOffer("an address of the issuer is no https address");
  const reply = await courier(message);
  if (reply.status >= 500) throw new Unanswered("the issuer has a trouble of its own");
  return reply;
}

export async function object(message: Omit<Message, "accept">, here: Here): Promise<JsonObject> {
  const reply = await asked({ accept: "application/json", ...message }, here);
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
  const servers = Array.isArray(metadata.authorization_servers) ? metadata.authorization_servers.map(String) : [issuer];
  const chosen = server || servers[0] || issuer;
  if (!servers.includes(chosen) || !isAddress(chosen, here.origin)) throw new MalformedValue("the offer names a server that is none of the issuer's");
  const of = await object({ url: wellKnown("oauth-authorization-server", chosen) }, here);
  if (of.issuer !== chosen || typeof of.token_endpoint !== "string") throw new MalformedValue("the issuer's server is not as it says");
  return { metadata, configuration: known, server: of };
}
