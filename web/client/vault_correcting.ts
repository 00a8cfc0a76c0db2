// Asking the centre that issued a certificate to correct it. The certificate's claim code, or a signature of the key that a copy is
// bound to, shows the centre that who asks holds it; nothing else of the vault is sent.
import { base64url, utf8, type Bytes } from "./bytes.ts";
import { canonical, isObject, type Json, type JsonObject } from "./json.ts";
import { Refused, Unanswered, Unreachable } from "./vault_api.ts";
import { noteConsent } from "./vault_consents.ts";
import { webAddress } from "./vault_dids.ts";
import { signedToken, type HolderKey } from "./vault_holder.ts";
import { holdingsOf } from "./vault_holdings.ts";
import { random } from "./vault_keys.ts";
import { claimCode, offered, type Paper } from "./vault_papers.ts";
import { courierOf, isAddress, objectIn, type Courier, type Reply } from "./vault_relay.ts";
import type { Session } from "./vault_session.ts";
import type { Entry } from "./vault_sync.ts";

const TYP = "comity-correction+jwt";
const SERVICE = "ComityCorrections";
const KIND = "correction";

export interface Turn {
  by: string; // holder or centre
  words: string;
  at: number;
}

// What was asked; `unsent` is there as long as it is not known whether it arrived.
export interface Request {
  id: string; // of its record
  of: string; // the certificate's own name
  issuer: string;
  to: string; // where it is asked
  name: string; // as the centre calls it; nobody guesses it
  asked: string;
  unsent: { key: string; body: JsonObject } | null;
}

export interface Standing {
  state: string; // unsure, unreached, or as the centre says
  turns: Turn[];
  claim: string;
}

// A certificate as its centre knows it, and how it is shown that it is held here.
export interface Mine {
  credential: string;
  issuer: string;
  claim: string;
  copy: { text: string; key: HolderKey } | null;
}

export async function mineOf(session: Session, paper: Paper): Promise<Mine | null> {
  const entry = await session.records.get(paper.id);
  if (!entry) return null;
  const [copy] = holdingsOf([entry])[0]?.copies.filter(({ format }) => format !== "mso_mdoc") ?? [];
  const said = copy ? copy.token.claims : parsed(paper.text);
  const issuer = isObject(said.issuer) ? said.issuer.id : said.issuer ?? said.iss;
  const credential = said.id ?? said.jti;
  if (typeof issuer !== "string" || typeof credential !== "string") return null;
  return { credential, issuer, claim: paper.claim, copy: copy ? { text: copy.text, key: copy.key } : null };
}

function parsed(text: string): JsonObject {
  try {
    const found = JSON.parse(text) as Json;
    return isObject(found) ? found : {};
  } catch {
    return {};
  }
}

// Where the centre takes requests, by its DID document; null where it says nothing of that, or nobody answers.
export async function deskOf(session: Session, mine: Mine): Promise<string | null> {
  const address = webAddress(mine.issuer);
  if (!address || !(mine.claim || mine.copy)) return null;
  const reply = await courierOf(session)({ url: address, accept: "application/json" }).catch(() => null);
  const document = reply?.status === 200 ? objectIn(reply) : {};
  const services = Array.isArray(document.service) ? document.service.filter(isObject) : [];
  const desk = document.id === mine.issuer ? services.find(({ type }) => type === SERVICE)?.serviceEndpoint : null;
  return typeof desk === "string" && isAddress(desk, location.origin) ? desk : null;
}

async function bodyOf(wanted: JsonObject, { credential, issuer, claim, copy }: Mine): Promise<JsonObject> {
  const asked: JsonObject = { credential, ...wanted };
  if (claim || !copy) return { ...asked, claim };
  const body: JsonObject = { ...asked, copy: copy.text };
  const digest = base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(canonical(body)))));
  const proof = await signedToken(copy.key, { typ: TYP }, { aud: issuer, iat: Math.floor(Date.now() / 1000), digest });
  return { ...body, proof };
}

// Asks; returns the record of the request, which is there before anything is sent. Raises Refused when the centre does not take it.
export async function askCentre(session: Session, mine: Mine, desk: string, wanted: JsonObject, title: string): Promise<string> {
  await noteConsent(session, { act: "correction-asked", title, to: new URL(desk).hostname, claims: Object.keys(wanted) });
  const unsent = { key: base64url(random(16)), body: await bodyOf(wanted, mine) };
  const begun: Request = { id: "", of: mine.credential, issuer: mine.issuer, to: desk, name: "", asked: new Date().toISOString(), unsent };
  const id = await put(session, begun);
  await session.records.synchronise().catch(() => 0);
  await send(session, { ...begun, id }).catch((error: unknown) => {
    if (!(error instanceof Unreachable || error instanceof Unanswered)) throw error;
  });
  return id;
}

export async function send(session: Session, request: Request): Promise<void> {
  if (!request.unsent) return;
  const { key, body } = request.unsent;
  const found = await asked(courierOf(session), request.to, body, key).catch(async (error: unknown) => {
    if (error instanceof Refused) await session.records.remove(request.id);
    throw error;
  });
  if (typeof found.id !== "string") throw new Unreachable("what answered is not the centre");
  await put(session, { ...request, name: found.id, unsent: null });
  await session.records.synchronise().catch(() => 0);
}

async function asked(courier: Courier, url: string, body?: JsonObject, key = ""): Promise<JsonObject> {
  const sent = body ? { type: "application/json", content: JSON.stringify(body), ...(key && { idempotency_key: key }) } : {};
  const reply: Reply = await courier({ url, accept: "application/json", ...sent });
  if (reply.status >= 500) throw new Unreachable("the centre has a trouble of its own");
  if (reply.status !== 200 && reply.status !== 201) throw new Refused(reply.status, objectIn(reply));
  return objectIn(reply);
}

export async function standingOf(session: Session, { to, name, unsent }: Request): Promise<Standing> {
  if (unsent) return { state: "unsure", turns: [], claim: "" };
  const found = await asked(courierOf(session), `${to}/${name}`).catch(() => null);
  return found ? read(found) : { state: "unreached", turns: [], claim: "" };
}

export async function reply(session: Session, { to, name }: Request, words: string): Promise<void> {
  await asked(courierOf(session), `${to}/${name}/answers`, { words });
}

function read({ state, turns, claim }: JsonObject): Standing {
  const told = Array.isArray(turns) ? turns.filter(isObject) : [];
  const read = told.map(({ by, words, at }) => ({ by: String(by), words: String(words), at: Date.parse(String(at)) }));
  return { state: String(state), turns: read, claim: String(claim ?? "") };
}

// The certificate that took the place, as its claim link gives it.
export async function corrected(session: Session, { to }: Request, claim: string): Promise<Paper | null> {
  const code = claimCode(claim);
  if (!code) return null;
  const url = `${new URL(to).origin}/issuer/api/v1/claims/${encodeURIComponent(code)}`;
  const { status, content } = await courierOf(session)({ url, accept: "*/*" });
  return status === 200 ? offered(new TextDecoder().decode(content), code) : null;
}

export async function requestsOf(session: Session, credential: string): Promise<Request[]> {
  const found = (await session.records.all()).filter(({ content }) => content.kind === KIND && content.of === credential);
  return found.map(requestOf).sort((one, other) => other.asked.localeCompare(one.asked));
}

export async function requestWith(session: Session, id: string): Promise<Request | null> {
  const entry = await session.records.get(id);
  return entry?.content.kind === KIND ? requestOf(entry) : null;
}

function requestOf({ id, content }: Entry): Request {
  const text = (name: string): string => (typeof content[name] === "string" ? content[name] : "");
  const unsent = isObject(content.unsent) ? (content.unsent as unknown as Request["unsent"]) : null;
  return { id, of: text("of"), issuer: text("issuer"), to: text("to"), name: text("name"), asked: text("asked"), unsent };
}

async function put(session: Session, { id, unsent, ...told }: Request): Promise<string> {
  return session.records.put({ kind: KIND, ...told, unsent: unsent as unknown as Json }, ...(id ? [id] : []));
}

const LARGEST_FILE = 150_000;
const LONGEST_SIDE = 1600;

// Returns a file as it is sent; a picture is made smaller where it has to be. Null where it is no such file, or too large.
export async function evidenceOf(file: File): Promise<string | null> {
  if (file.type === "application/pdf") return file.size <= LARGEST_FILE ? base64url(await bytesOf(file)) : null;
  if (["image/jpeg", "image/png"].includes(file.type) && file.size <= LARGEST_FILE) return base64url(await bytesOf(file));
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.8, 0.5, 0.3]) {
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (made && made.size <= LARGEST_FILE) return base64url(await bytesOf(made));
  }
  return null;
}

async function bytesOf(file: Blob): Promise<Bytes> {
  return new Uint8Array(await file.arrayBuffer());
}
