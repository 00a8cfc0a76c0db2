// The keys of a vault that certificates name for their holder, and the answer to whoever asks, from screen to camera, whether a
// certificate is its holder's (`challenge.ts`).
import { equal, sha256, utf8, type Bytes } from "./bytes.ts";
import { answerDigits, isFor, signed } from "./challenge.ts";
import { canonical, type JsonObject } from "./json.ts";
import { newHolderKey, signWith, type HolderKey } from "./vault_holder.ts";
import type { Session } from "./vault_session.ts";
import type { Entry } from "./vault_sync.ts";

const KIND = "holder-key";

// Returns the key that is given to centres. Where two devices made one each, both answer, and all devices give the same one.
export function givenKey(entries: Entry[]): HolderKey | null {
  const [first] = entries.filter(({ content }) => content.kind === KIND).sort((one, other) => (one.id < other.id ? -1 : 1));
  return first ? (first.content.key as unknown as HolderKey) : null;
}

export async function makeKey(session: Session): Promise<HolderKey> {
  const key = await newHolderKey();
  await session.records.put({ kind: KIND, key: key as unknown as JsonObject });
  return key;
}

// Returns the key that a question is for: one that was given to a centre, or one that a certificate here was bound to when it was taken.
export function keyFor(asked: Bytes, entries: Entry[]): HolderKey | null {
  const keys = entries.flatMap(({ content: { kind, key, keys } }) => [...(kind === KIND ? [key] : []), ...(Array.isArray(keys) ? keys : [])]);
  return (keys as unknown as HolderKey[]).find(({ did }) => isFor(asked, did)) ?? null;
}

export async function answerWith(key: HolderKey, asked: Bytes): Promise<string> {
  return answerDigits(await signWith(key, signed(asked)));
}

// Whether a question is about a certificate: it carries the mark of its words.
export function asksAbout(asked: Bytes, { proof: _, ...words }: JsonObject): boolean {
  return equal(asked.slice(17, 33), sha256(utf8(canonical(words))).slice(0, 16));
}
