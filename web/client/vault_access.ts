// The vault's access to an issuer: a token for what was offered, kept as long as there is something to come back for, and renewed.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { ForeignOffer } from "./vault_api.ts";
import { withProof } from "./vault_dpop.ts";
import { newHolderKey, type HolderKey } from "./vault_holder.ts";
import { asked, type Here, type Issuer, type Offer } from "./vault_offers.ts";
import { objectIn, type Message, type Reply } from "./vault_relay.ts";

const FORM = "application/x-www-form-urlencoded";
const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const LASTS = 300; // seconds, where the server does not say

// What a token is asked for with; `clientId` where the holder signed in for a client.
export interface Grant {
  form: { [name: string]: string };
  clientId: string | null;
}

export interface Access {
  token: string;
  key: HolderKey | null; // that the token is bound to, by DPoP
  until: number;
  refresh: string; // empty where none was given
  clientId: string | null;
  identifier: string; // of the credential, where the token's answer names one
}

// The issuer gives nothing any more for what it gave before.
export class AccessEnded extends MalformedValue {}

export type Keeping = (access: Access) => Promise<void>;

export function preAuthorized({ code }: Offer, number: string): Grant {
  return { clientId: null, form: { grant_type: PRE_AUTHORIZED, "pre-authorized_code": code, ...(number && { tx_code: number }) } };
}

// Raises ForeignOffer where the server takes only clients that somebody vouches for: a vault is a public client, and says no more of itself.
export function checkOpen(server: JsonObject, isPreAuthorized: boolean): void {
  const methods = server.token_endpoint_auth_methods_supported;
  const isAnonymous = isPreAuthorized && server["pre-authorized_grant_anonymous_access_supported"] === true;
  if (!Array.isArray(methods) || methods.includes("none") || isAnonymous) return;
  throw new ForeignOffer("the server knows its clients", methods.includes("attest_jwt_client_auth") ? "maker" : "form");
}

export async function accessTo({ configuration }: Offer, { server }: Issuer, { form, clientId }: Grant, here: Here): Promise<Access> {
  checkOpen(server, clientId === null);
  const algs = server.dpop_signing_alg_values_supported;
  const key = Array.isArray(algs) && algs.includes("ES256") ? await newHolderKey() : null;
  const reply = await tokenReply(server, form, key, here);
  if (reply.status !== 200) throw new MalformedValue("nothing is given for this offer");
  return accessIn(objectIn(reply), { configuration, key, clientId });
}

function tokenReply(server: JsonObject, form: { [name: string]: string }, key: HolderKey | null, here: Here): Promise<Reply> {
  return sent({ url: String(server.token_endpoint), accept: "application/json", type: FORM, content: new URLSearchParams(form).toString() }, key, "", here);
}

function accessIn(answer: JsonObject, { configuration, key, clientId }: { configuration: string; key: HolderKey | null; clientId: string | null }): Access {
  const { access_token: token, token_type: type, expires_in: lasts, refresh_token: refresh, authorization_details: details } = answer;
  const kind = String(type).toLowerCase();
  if (typeof token !== "string" || !(kind === "bearer" || (kind === "dpop" && key))) throw new ForeignOffer("the token is of another kind");
  const own = (Array.isArray(details) ? details : []).filter(isObject).find((one) => one.credential_configuration_id === configuration);
  const [identifier] = Array.isArray(own?.credential_identifiers) ? own.credential_identifiers : [];
  return {
    token,
    key: kind === "dpop" ? key : null,
    until: Date.now() + (typeof lasts === "number" && lasts > 0 ? lasts : LASTS) * 1000,
    refresh: typeof refresh === "string" ? refresh : "",
    clientId,
    identifier: typeof identifier === "string" ? identifier : "",
  };
}

// Returns another token for a refresh token, which is then used up where the server gives another (RFC 6749 §6).
async function renewed(access: Access, { configuration }: Offer, { server }: Issuer, here: Here): Promise<Access> {
  const { refresh, clientId, key } = access;
  const form = { grant_type: "refresh_token", refresh_token: refresh, ...(clientId !== null && { client_id: clientId }) };
  const reply = await tokenReply(server, form, key, here);
  if (reply.status !== 200) throw new AccessEnded("the issuer gives no more for this");
  const fresh = accessIn(objectIn(reply), { configuration, key, clientId });
  return { ...fresh, refresh: fresh.refresh || refresh, identifier: fresh.identifier || access.identifier };
}

function sent(message: Message, key: HolderKey | null, token: string, here: Here): Promise<Reply> {
  return key ? withProof(message, key, token, (one) => asked(one, here)) : asked(message, here);
}

function withToken(message: Message, { token, key }: Access, here: Here): Promise<Reply> {
  return sent({ ...message, authorization: `${key ? "DPoP" : "Bearer"} ${token}` }, key, token, here);
}

// Sends what needs a token, with another one where the old one has ended; `keep` is told of it at once, because the old one is gone then.
export async function through(access: Access, where: { offer: Offer; issuer: Issuer }, message: Message, here: Here, keep: Keeping): Promise<Reply> {
  const again = async (): Promise<Reply> => {
    const fresh = await renewed(access, where.offer, where.issuer, here);
    await keep(fresh);
    return withToken(message, fresh, here);
  };
  if (access.until <= Date.now() && access.refresh) return again();
  const reply = await withToken(message, access, here);
  if (reply.status !== 401) return reply;
  if (!access.refresh) throw new AccessEnded("the token has ended");
  return again();
}

// Reads what the vault kept; raises MalformedValue where it is none.
export function accessOf(kept: Json | undefined): Access {
  if (!isObject(kept) || typeof kept.token !== "string") throw new MalformedValue("this is no access");
  return kept as unknown as Access;
}
