// What a caseworker starts for a vault at a counter: sealed to a key of the vault, whose private half lies in the vault. The slip that the
// caseworker keeps has the public half and where things are left; it opens nothing.
import { base64url, fromBase64url, fromUtf8, joined, utf8, type Bytes } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { ask } from "./vault_api.ts";
import { derived, openWith, random, sealingKey, sealWith } from "./vault_keys.ts";
import type { Session } from "./vault_session.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const POINT = 65;

export interface Inbox {
  locator: string;
  private: string;
}

export interface Started {
  id: string;
  on: number;
  by: string;
  office: string;
  link: string;
  note: string;
}

// Makes the key, and lets things be left for it; returns what the slip says.
export async function openInbox(session: Session): Promise<{ inbox: Inbox; slip: string }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const inbox = { locator: base64url(random(32)), private: base64url(secret) };
  await ask("/inbox", { method: "PUT", access: await session.access(), body: { locator: inbox.locator } });
  const open = base64url(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  return { inbox, slip: `${inbox.locator}.${open}` };
}

async function agreed(privateKey: CryptoKey, publicKey: CryptoKey, locator: string): Promise<CryptoKey> {
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256));
  return sealingKey(await derived(shared, `comity vault inbox v1 ${locator}`));
}

const bound = (locator: string): string => `comity vault inbox v1\n${locator}`;

// Leaves something for the vault of a slip. Raises Refused when the slip is used up, or too much waits.
export async function start(slip: string, content: JsonObject): Promise<void> {
  const [locator = "", open = ""] = slip.split(".");
  const once = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const to = await crypto.subtle.importKey("raw", fromBase64url(open), CURVE, false, []);
  const sealed = await sealWith(await agreed(once.privateKey, to, locator), utf8(JSON.stringify(content)), bound(locator));
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  await ask(`/started/${locator}`, { method: "POST", body: { sealed: base64url(joined(point, sealed)) } });
}

// What waits for the person; what was not sealed to the vault is left out.
export async function startedFor(session: Session, inbox: Inbox): Promise<Started[]> {
  const { started } = await ask("/started", { access: await session.access() });
  const own = await crypto.subtle.importKey("pkcs8", fromBase64url(inbox.private), CURVE, false, ["deriveBits"]);
  const found = await Promise.all(
    (started as JsonObject[]).map(async ({ id, sealed, on }) => {
      const content = await opened(own, inbox.locator, fromBase64url(String(sealed))).catch(() => null);
      const text = (name: string): string => (isObject(content) && typeof content[name] === "string" ? content[name].slice(0, 2000) : "");
      return content === null ? null : { id: String(id), on: Date.parse(String(on)), by: text("by"), office: text("office"), link: text("link"), note: text("note") };
    }),
  );
  return found.filter((one) => one !== null);
}

async function opened(own: CryptoKey, locator: string, sealed: Bytes): Promise<Json> {
  const other = await crypto.subtle.importKey("raw", sealed.slice(0, POINT), CURVE, false, []);
  return JSON.parse(fromUtf8(await openWith(await agreed(own, other, locator), sealed.slice(POINT), bound(locator)))) as Json;
}

export async function settle(session: Session, { id }: Started): Promise<void> {
  await ask(`/started/${id}`, { method: "DELETE", access: await session.access() });
}
