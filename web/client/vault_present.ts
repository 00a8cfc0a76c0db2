// Answers a question by OpenID4VP 1.0: which certificates do, the fewest claims of each, the holder's signature, the way back.
import { base64url, sha256, utf8 } from "./bytes.ts";
import { combination, found, selectClaims, type CredentialQuery, type Needed, type Path } from "./dcql.ts";
import { encryptTo } from "./jwe.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { parseMdoc, presentMdoc } from "./mdoc.ts";
import { chosen, withDisclosures, type SdJwt } from "./sd_jwt.ts";
import { bindKey, signWith } from "./vault_holder.ts";
import { nextCopy, type Copy, type Holding } from "./vault_holdings.ts";
import { presentedDocument, presentedJwt } from "./vault_presentations.ts";
import { objectIn, type Courier } from "./vault_relay.ts";
import { RequestRefused, type Asked } from "./vault_request.ts";

export const TECHNICAL = new Set(["_sd", "_sd_alg", "iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "sub"]);

export interface Claim {
  path: (string | number)[];
  value: Json;
  always: boolean; // seen by whoever gets the certificate
}

const NOT_SAID = new Set(["@context", "id", "type", "name", "validFrom", "proof", "credentialSubject", "credentialStatus", "credentialSchema", "iss", "iat", "nbf", "exp", "sub", "jti"]);

const IN_PARTS = new Set(["dc+sd-jwt", "mso_mdoc"]);

// One certificate as an answer to one query.
export interface Option {
  holding: Holding;
  shown: Claim[]; // all that they will see
  kept: (string | number)[][]; // what they will not see
  isWhole: boolean; // nothing of it can be left out
}

export interface Plan extends Needed {
  options: Map<string, Option[]>; // id of a query to what answers it
}

export function planFor({ query }: Asked, holdings: Holding[]): Plan {
  const options = new Map(query.credentials.map((one) => [one.id, holdings.flatMap((holding) => optionOf(one, holding))]));
  const there = new Set([...options].filter(([, some]) => some.length).map(([id]) => id));
  return { options, ...combination(query, there) };
}

function optionOf(query: CredentialQuery, holding: Holding): Option[] {
  const copy = nextCopy(holding);
  const { token } = copy;
  const paths = pathsOf(query, copy);
  if (!paths) return [];
  if (!IN_PARTS.has(copy.format)) return [{ holding, kept: [], shown: wholeOf(token.claims), isWhole: true }];
  const open = new Set(disclosedBy(token, paths));
  const hidden = token.disclosures.filter((one) => !open.has(one)).map(({ path }) => path);
  const kept = hidden.filter((path) => !hidden.some((outer) => outer.length < path.length && outer.every((step, place) => step === path[place])));
  if (copy.format === "mso_mdoc") return [{ holding, kept: kept.map((path) => path.slice(1)), shown: elementsShown(token, open), isWhole: false }];
  return [{ holding, kept, shown: claimsShown(token, paths, kept), isWhole: false }];
}

// A JWT of the data model's second version answers the query for the first one's format, too.
function pathsOf(query: CredentialQuery, { format, types, token }: Copy): Path[] | null {
  const formats = format === "vc+jwt" ? ["vc+jwt", "jwt_vc_json"] : [format];
  return selectClaims(query, { format: formats.includes(query.format) ? query.format : format, types, claims: token.claims });
}

// What a certificate says that is shown as a whole: of its subject, and of itself; its title and its marks stand elsewhere.
function wholeOf(document: JsonObject): Claim[] {
  const subject = isObject(document.credentialSubject) ? document.credentialSubject : {};
  const of = (from: JsonObject, before: string[], but: Set<string>): Claim[] =>
    Object.entries(from).filter(([name]) => !but.has(name)).map(([name, value]) => ({ path: [...before, name], value, always: true }));
  return [...of(subject, ["credentialSubject"], new Set(["id", "type"])), ...of(document, [], NOT_SAID)];
}

function disclosedBy(token: SdJwt, paths: Path[]): SdJwt["disclosures"] {
  const wanted = paths.flatMap((path) => found(token.claims, path).map(({ path: there }) => there));
  return chosen(token, wanted);
}

// What they see, by its first name; technical claims aside.
function claimsShown(token: SdJwt, paths: Path[], kept: (string | number)[][]): Claim[] {
  const asked = new Set(paths.map(([first]) => String(first)));
  const names = Object.keys(token.claims).filter((name) => !TECHNICAL.has(name) && !kept.some((path) => path.length === 1 && path[0] === name));
  return names.map((name) => ({ path: [name], value: without(token.claims[name] as Json, kept.filter(([first]) => first === name).map((path) => path.slice(1))), always: !asked.has(name) }));
}

// Elements of a mobile document, without their namespace.
function elementsShown({ claims }: SdJwt, open: Set<SdJwt["disclosures"][number]>): Claim[] {
  return [...open].map(({ path }) => ({ path: path.slice(1), value: found(claims, path)[0]?.value ?? null, always: false }));
}

function without(value: Json, hidden: (string | number)[][]): Json {
  const below = (step: string | number): (string | number)[][] => hidden.filter(([first]) => first === step).map((path) => path.slice(1));
  const isGone = (step: string | number): boolean => below(step).some((path) => !path.length);
  if (Array.isArray(value)) return value.flatMap((one, place) => (isGone(place) ? [] : [without(one, below(place))]));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !isGone(name)).map(([name, one]) => [name, without(one, below(name))]));
}

export type Choice = Map<string, Option[]>; // id of a query to what the holder shows for it

// Returns what is sent for one certificate: the whole of it in a presentation, or the chosen disclosures, and the holder's signature over
// them (RFC 9901 §4.3).
async function presented(asked: Asked, id: string, { holding }: Option, now: number): Promise<Json> {
  const query = asked.query.credentials.find((one) => one.id === id) as CredentialQuery;
  const copy = nextCopy(holding);
  const { token, key } = copy;
  const made = { audience: asked.asker.clientId, nonce: asked.nonce, now };
  if (copy.format === "ldp_vc") return presentedDocument(copy, made);
  if (!IN_PARTS.has(copy.format)) return presentedJwt(copy, made);
  const paths = pathsOf(query, copy);
  if (!paths) throw new RequestRefused("unsupported", "the copy does not answer");
  if (copy.format === "mso_mdoc") {
    const session = { clientId: asked.asker.clientId, nonce: asked.nonce, responseUri: asked.responseUri, encryption: asked.encryption?.jwk ?? null };
    return presentMdoc(parseMdoc(copy.text), disclosedBy(token, paths), session, (content) => signWith(key, content));
  }
  const shown = withDisclosures(token, disclosedBy(token, paths));
  if (!query.needsHolder) return shown;
  const claims = { iat: Math.floor(now / 1000), aud: asked.asker.clientId, nonce: asked.nonce, sd_hash: base64url(sha256(utf8(shown))) };
  return shown + (await bindKey(key, claims));
}

export async function vpToken(asked: Asked, choice: Choice, now: number): Promise<JsonObject> {
  const made = await Promise.all(
    [...choice].map(async ([id, options]): Promise<[string, Json]> => [id, await Promise.all(options.map((option) => presented(asked, id, option, now)))]),
  );
  return Object.fromEntries(made.filter(([, presentations]) => (presentations as Json[]).length));
}

// Sends the answer; returns where the asker wants the browser to go on, if anywhere.
export async function answer(asked: Asked, token: JsonObject, courier: Courier): Promise<string | null> {
  const state: { [name: string]: string } = asked.state === null ? {} : { state: asked.state };
  const { encryption } = asked;
  if (!encryption) return posted(asked, { vp_token: JSON.stringify(token), ...state }, courier);
  const response = await encryptTo(encryption.jwk, encryption.enc, JSON.stringify({ vp_token: token, ...state }));
  return posted(asked, { response }, courier);
}

// Says that nothing is shown; no more than that.
export async function decline(asked: Asked, courier: Courier): Promise<void> {
  await posted(asked, { error: "access_denied", ...(asked.state === null ? {} : { state: asked.state }) }, courier).catch(() => null);
}

async function posted({ responseUri }: Asked, form: { [name: string]: string }, courier: Courier): Promise<string | null> {
  const content = new URLSearchParams(form).toString();
  const reply = await courier({ url: responseUri, accept: "application/json", type: "application/x-www-form-urlencoded", content });
  if (reply.status !== 200) throw new RequestRefused("gone", `the answer was not taken: ${reply.status}`);
  const { redirect_uri: next } = objectIn(reply);
  if (typeof next !== "string" || !URL.canParse(next)) return null;
  return new URL(next).protocol === "https:" || new URL(next).origin === new URL(responseUri).origin ? next : null;
}
