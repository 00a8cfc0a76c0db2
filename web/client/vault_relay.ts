// Messages between the vault and those whom an offer or a question names. This page may ask its own address alone; the server carries
// what goes elsewhere, as bytes.
import { fromBase64url, fromUtf8, type Bytes } from "./bytes.ts";
import { isObject, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { ask, Refused, Unanswered, Unreachable } from "./vault_api.ts";
import type { Session } from "./vault_session.ts";

const LARGEST = 512 * 1024;

export interface Message {
  url: string;
  accept: string;
  type?: string;
  content?: string; // makes it a POST
  authorization?: string;
  dpop?: string; // proof that the token's key is held (RFC 9449)
  idempotency_key?: string;
}

export interface Reply {
  status: number;
  type: string;
  content: Bytes;
  dpopNonce?: string; // for the next proof
  location?: string; // where it is sent on to, which was not followed
}

export type Courier = (message: Message) => Promise<Reply>;

// Asks this page's own address, and nobody else.
export const withoutSession: Courier = async (message) => {
  if (!URL.canParse(message.url) || new URL(message.url).origin !== location.origin) throw new Unreachable("nobody is signed in to send this");
  return directly(message);
};

export function courierOf(session: Session): Courier {
  return async (message) => {
    if (!URL.canParse(message.url)) throw new MalformedValue("this is no web address");
    return new URL(message.url).origin === location.origin ? directly(message) : carried(session, message);
  };
}

async function directly({ url, accept, type, content, authorization, dpop, idempotency_key: key }: Message): Promise<Reply> {
  const headers: { [name: string]: string } = { Accept: accept };
  if (type) headers["Content-Type"] = type;
  if (authorization) headers.Authorization = authorization;
  if (dpop) headers.DPoP = dpop;
  if (key) headers["Idempotency-Key"] = key;
  const how: RequestInit = { headers, cache: "no-store", credentials: "omit", redirect: "manual" };
  const answer = await fetch(url, content === undefined ? how : { ...how, method: "POST", body: content }).catch(() => null);
  if (!answer) throw new Unreachable("the server did not answer");
  const read = new Uint8Array(await answer.arrayBuffer());
  if (read.length > LARGEST) throw new MalformedValue("the answer is longer than a vault takes");
  const named = (answer.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return { status: answer.status, type: named, content: read, dpopNonce: answer.headers.get("DPoP-Nonce") ?? "" };
}

async function carried(session: Session, message: Message): Promise<Reply> {
  try {
    const { status, type, content, dpop_nonce: nonce, location: to } = await ask("/relay", { method: "POST", access: await session.access(), body: { ...message } });
    const read = fromBase64url(String(content));
    if (read.length > LARGEST) throw new MalformedValue("the answer is longer than a vault takes");
    return { status: Number(status), type: String(type), content: read, dpopNonce: String(nonce ?? ""), location: String(to ?? "") };
  } catch (error) {
    if (error instanceof Refused && error.message === "FETCH_ERROR") throw new Unanswered("the other side did not answer");
    if (error instanceof Refused && error.message === "FETCH_BLOCKED") throw new MalformedValue("this is no address that is gone to");
    throw error;
  }
}

// Returns the object that a reply is; empty where it is none.
export function objectIn({ content }: Reply): JsonObject {
  try {
    const found: unknown = JSON.parse(fromUtf8(content));
    return isObject(found) ? found : {};
  } catch {
    return {};
  }
}

// Whether something may be asked there; `origin` is this page's own, the only one that may lack TLS.
export function isAddress(url: string, origin: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, origin: its, username, password } = new URL(url);
  return (protocol === "https:" || its === origin) && !username && !password;
}
