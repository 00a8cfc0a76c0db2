// Links from a vault: the certificate is sealed here under a key of the link, which stands in the link's fragment and in the vault.
import { base64url, joined, toNumber, utf8, type Bytes } from "./bytes.ts";
import type { JsonObject } from "./json.ts";
import { ask } from "./vault_api.ts";
import { noteConsent } from "./vault_consents.ts";
import { derived, random, sealingKey, sealWith } from "./vault_keys.ts";
import type { Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";

const SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const DIGITS = 39; // of a key of 128 bits
const ROUNDS = 600_000;

export interface Wish {
  lasts: string;
  views: number | null;
  passcode: string;
}

export interface Link {
  record: string; // of the vault; empty when the link was made on a device that did not tell the vault yet
  id: string;
  address: string[]; // the segments of its code
  of: string;
  title: string;
  left: string[]; // names of what it leaves out
  endsAt: number;
  stoppedAt: number | null;
  mostViews: number | null;
  hasPasscode: boolean;
  isLocked: boolean;
  views: { on: number; times: number }[];
}

// `web/static/wallet-open.js` does the same with what the reader types.
export async function withPasscode(key: Bytes, passcode: string): Promise<{ key: Bytes; verifier: string }> {
  const base = await crypto.subtle.importKey("raw", utf8(passcode.normalize("NFKC").trim()), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: key, iterations: ROUNDS }, base, 256);
  const stretched = joined(new Uint8Array(bits), key);
  const verifier = base64url(await derived(stretched, "comity share verifier v1"));
  return { key: (await derived(stretched, "comity share key v1")).slice(0, 16), verifier };
}

// What a link shows of a certificate: all of it, or what was chosen.
export interface Shows {
  text: string;
  claims: string[];
  left: string[]; // names of what is left out
}

export const allOf = ({ text }: Paper): Shows => ({ text, claims: ["/"], left: [] });

export async function makeLink(session: Session, paper: Paper, title: string, { lasts, views, passcode }: Wish, shows = allOf(paper)): Promise<string> {
  const id = Array.from(random(13), (byte) => SYMBOLS[byte & 31]).join("");
  const key = random(16);
  const mixed = passcode ? await withPasscode(key, passcode) : { key, verifier: null };
  const sealed = base64url(await sealWith(await sealingKey(mixed.key), utf8(shows.text), id));
  await noteConsent(session, { act: "link-made", link: id, of: paper.id, title, lasts, claims: shows.claims });
  await ask("/shares", { method: "POST", access: await session.access(), body: { id, sealed, lasts, most_views: views, verifier: mixed.verifier } });
  const digits = toNumber(key).toString().padStart(DIGITS, "0");
  await session.records.put({ kind: "link", link: id, digits, of: paper.id, title, left: shows.left });
  return id;
}

export async function linksOf(session: Session): Promise<Link[]> {
  const { shares } = await ask("/shares", { access: await session.access() });
  const known = (await session.records.all()).filter(({ content }) => content.kind === "link");
  return (shares as JsonObject[]).map((share) => {
    const found = known.find(({ content }) => content.link === share.id);
    const text = (name: string): string => String(found?.content[name] ?? "");
    return {
      record: found?.id ?? "",
      id: String(share.id),
      address: found ? [`${location.origin}/S/${String(share.id)}`.toUpperCase(), "#", text("digits")] : [],
      of: text("of"),
      title: text("title"),
      left: Array.isArray(found?.content.left) ? found.content.left.map(String) : [],
      endsAt: Date.parse(String(share.ends_at)),
      stoppedAt: share.stopped_at === null ? null : Date.parse(String(share.stopped_at)),
      mostViews: share.most_views as number | null,
      hasPasscode: share.has_passcode === true,
      isLocked: share.tries_left === 0,
      views: (share.views as JsonObject[]).map((view) => ({ on: Date.parse(String(view.on)), times: Number(view.times) })),
    };
  });
}

export function isOpen({ stoppedAt, endsAt, mostViews, isLocked, views }: Link): boolean {
  const times = views.reduce((sum, view) => sum + view.times, 0);
  return stoppedAt === null && !isLocked && Date.now() < endsAt && (mostViews === null || times < mostViews);
}

export async function stopLink(session: Session, { id, of, title }: Link): Promise<void> {
  await ask(`/shares/${id}/stop`, { method: "POST", access: await session.access() });
  await noteConsent(session, { act: "link-stopped", link: id, of, title, claims: [] });
}
