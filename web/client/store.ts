// What is kept on this device: the lists' files, the pinned root, the newest version seen, status lists. Never a certificate.
import { utf8, type Bytes } from "./bytes.ts";
import { object } from "./claims.ts";
import { get, names, put } from "./database.ts";
import type { Json } from "./json.ts";
import { openLists, type Lists } from "./lists.ts";
import { replaces } from "./status.ts";
import { ListsError, type Source } from "./tuf.ts";

const BUNDLE = "/trust/bundle/";
const ROOT = "pinned-root";
const SEEN = "seen-version";
const CORRIDOR = "corridor";

async function fetched(path: string): Promise<Bytes | null> {
  const answer = await fetch(path, { cache: "no-cache", credentials: "omit" });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new ListsError(`${path} could not be had`);
  return new Uint8Array(await answer.arrayBuffer());
}

export const kept = (url: string): Promise<Bytes | null> => get<Bytes>(`status ${url}`);

async function seenVersion(): Promise<number> {
  const content = await get<Bytes>(SEEN);
  return content ? Number(new TextDecoder().decode(content)) : 0;
}

// Returns the lists on this device, checked again from the pinned root; null before the first time.
export async function keptLists(now: Date): Promise<Lists | null> {
  const root = await get<Bytes>(ROOT);
  return root ? openLists((path) => get<Bytes>(path), root, now, await seenVersion(), await corridorKept()) : null;
}

// The codes of the states whose lists are kept; null for all.
const corridorKept = (): Promise<string[] | null> => get<string[]>(CORRIDOR);

// Fetches what is new, and keeps it once it was checked from the root that was pinned the first time; what is no longer read goes.
// `corridor`: codes of the states whose lists are kept from now on, null for all; left out, those that were kept so far.
export async function refresh(now: Date, corridor?: string[] | null): Promise<Lists> {
  const states = corridor === undefined ? await corridorKept() : corridor;
  const pinned = await get<Bytes>(ROOT);
  const root = pinned ?? (await fetched(`${BUNDLE}metadata/1.root.json`));
  if (!root) throw new ListsError("there are no lists yet");
  const collected = new Map<string, Bytes>([[ROOT, root]]);
  const source: Source = async (path) => {
    const held = path.endsWith("timestamp.json") ? null : await get<Bytes>(path);
    const content = held ?? (await fetched(BUNDLE + path));
    if (content) collected.set(path, content);
    return content;
  };
  const lists = await openLists(source, root, now, await seenVersion(), states);
  collected.set(SEEN, utf8(String(lists.version)));
  for (const [url, content] of await statuses([...listsOfCodes(collected), ...listsOfDecisions(lists)])) {
    if (await replaces(content, await kept(url), lists)) collected.set(`status ${url}`, content);
  }
  const held = [...(await names("metadata/")), ...(await names("targets/"))];
  await put([...collected, [CORRIDOR, states]], held.filter((path) => !collected.has(path)));
  return lists;
}

// The status lists of this address that codes can name.
function listsOfCodes(files: Map<string, Bytes>): string[] {
  const codes = [...files].find(([path]) => path.startsWith("targets/partnership/") && path.endsWith(".qr.json"))?.[1];
  const tables = codes ? object(object(JSON.parse(new TextDecoder().decode(codes)) as Json).tables) : {};
  const stems = ((tables.stems as Json[] | undefined) ?? []).map(String).filter((stem) => URL.canParse(stem) && new URL(stem).origin === location.origin);
  return stems.flatMap((stem) => [`${stem}-revocation`, `${stem}-suspension`, `${stem}-refresh`]);
}

// The status lists of this address on which authorities withdraw decisions.
function listsOfDecisions({ files }: Lists): string[] {
  const own = `did:web:${location.host.replace(":", "%3A")}:`;
  const here = (files.authorities ?? []).filter(({ record }) => String(record.did).startsWith(own));
  return here.map(({ state, record }) => `${location.origin}/registry/decisions/${state}-${String(record.id).split(":").at(-1)}-revocation`);
}

async function statuses(urls: string[]): Promise<[string, Bytes][]> {
  const found = await Promise.all(urls.map(async (url): Promise<[string, Bytes | null]> => [url, await fetched(url).catch(() => null)]));
  return found.filter((entry): entry is [string, Bytes] => entry[1] !== null);
}
