// The holder signs in at an issuer, in this browser, and comes back with a code (RFC 6749 §4.1, RFC 7636, RFC 9126, RFC 9207).
import { base64url, sha256, utf8 } from "./bytes.ts";
import { isObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { ForeignOffer } from "./vault_api.ts";
import { random } from "./vault_keys.ts";
import { checkOpen, type Grant } from "./vault_access.ts";
import { issuerOf, object, type Here, type Offer } from "./vault_offers.ts";
import { isAddress } from "./vault_relay.ts";

const FORM = "application/x-www-form-urlencoded";
const LASTS = 30 * 60_000;

// What this browser has to remember until the holder comes back.
export interface Begun {
  offer: Offer;
  server: string; // the authorization server's name
  namesItself: boolean; // in its answer
  state: string;
  verifier: string;
  clientId: string;
  redirectUri: string;
  at: number;
}

// Returns where the holder signs in. `address`: of this page, which is the client's name, too.
export async function beginAuthorization(offer: Offer, address: string, here: Here): Promise<{ url: string; begun: Begun }> {
  const { server, configuration } = await issuerOf(offer, here);
  checkOpen(server, false);
  const endpoint = String(server.authorization_endpoint ?? "");
  if (!isAddress(endpoint, here.origin)) throw new ForeignOffer("the issuer has no page to sign in at");
  const [state, verifier] = [base64url(random(32)), base64url(random(32))];
  const scope = configuration.scope;
  const details = JSON.stringify([{ type: "openid_credential", credential_configuration_id: offer.configuration }]);
  const parameters = {
    response_type: "code",
    client_id: address,
    redirect_uri: address,
    state,
    code_challenge: base64url(sha256(utf8(verifier))),
    code_challenge_method: "S256",
    ...(typeof scope === "string" ? { scope } : { authorization_details: details }),
    ...(offer.issuerState && { issuer_state: offer.issuerState }),
  };
  const asked = await pushed(server.pushed_authorization_request_endpoint, parameters, here);
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  const namesItself = server.authorization_response_iss_parameter_supported === true;
  return { url: url.href, begun: { offer, server: String(server.issuer), namesItself, state, verifier, clientId: address, redirectUri: address, at: Date.now() } };
}

// Where the server takes them beforehand, the parameters do not stand in the address.
async function pushed(endpoint: unknown, parameters: { [name: string]: string }, here: Here): Promise<{ [name: string]: string }> {
  if (typeof endpoint !== "string") return parameters;
  const { request_uri } = await object({ url: endpoint, type: FORM, content: new URLSearchParams(parameters).toString() }, here);
  if (typeof request_uri !== "string") throw new MalformedValue("the issuer did not take the question");
  return { client_id: String(parameters.client_id), request_uri };
}

// Returns what the token is asked for with; raises MalformedValue when the answer is none to what was begun.
export function returned(query: string, begun: unknown, now: number): { offer: Offer; grant: Grant } {
  const given = new URLSearchParams(query);
  if (!isObject(begun)) throw new MalformedValue("nothing was begun here");
  const { offer, server, namesItself, state, verifier, clientId, redirectUri, at } = begun as unknown as Begun;
  const [code, by] = [given.get("code"), given.get("iss")];
  if (!state || given.get("state") !== state || now - at > LASTS) throw new MalformedValue("this answers another question");
  if (by === null ? namesItself : by !== server) throw new MalformedValue("another server answers");
  if (!code || given.has("error")) throw new MalformedValue("the sign-in was not finished");
  const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, client_id: clientId, code_verifier: verifier };
  return { offer, grant: { form, clientId } };
}
