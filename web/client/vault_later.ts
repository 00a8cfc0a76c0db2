// Certificates that an issuer was not ready to give: kept in the vault, asked for again when the issuer said, given up when it says no.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { accessOf, AccessEnded } from "./vault_access.ts";
import { ForeignOffer } from "./vault_api.ts";
import { askAgain, isLater, type Later, type Taken, type Tie } from "./vault_issuance.ts";
import type { HolderKey } from "./vault_holder.ts";
import type { Here } from "./vault_offers.ts";
import type { Session } from "./vault_session.ts";
import type { Entry } from "./vault_sync.ts";

const PATIENCE = 90 * 86_400_000;

export interface Expected extends Later {
  record: string;
  since: number;
  state: "waits" | "ready" | "over";
  copies: string[];
  notification: string;
}

export async function expect({ records }: Session, later: Later): Promise<string> {
  return records.put({ kind: "later", since: Date.now(), ...kept(later) });
}

function kept({ keys, tie, transaction, at }: Later): JsonObject {
  return { keys: keys as unknown as Json, tie: tie as unknown as Json, transaction, at };
}

export function expectedIn({ id, content }: Entry): Expected | null {
  const { kind, tie, keys, transaction, at, since, copies, notification, over } = content;
  if (kind !== "later" || !isObject(tie) || !Array.isArray(keys)) return null;
  accessOf(tie.access);
  const ready = Array.isArray(copies) ? copies.map(String) : [];
  return {
    record: id,
    keys: keys as unknown as HolderKey[],
    tie: tie as unknown as Tie,
    transaction: String(transaction),
    at: Number(at),
    since: Number(since),
    copies: ready,
    notification: String(notification ?? ""),
    state: ready.length ? "ready" : over === true ? "over" : "waits",
  };
}

export async function allExpected({ records }: Session): Promise<Expected[]> {
  return (await records.all()).flatMap((entry) => expectedIn(entry) ?? []).sort((one, other) => one.since - other.since);
}

export function takenOf({ copies, keys, tie, notification }: Expected): Taken {
  return { copies, keys, tie, notification };
}

// Asks for all that may be asked for now. One page at a time does it, and what other
// devices were given is known first: a transaction's certificate is given once.
export function askForDue(session: Session, here: Here): Promise<void> {
  return navigator.locks.request("vault later", async () => {
    const isDue = ({ state, at }: Expected): boolean => state === "waits" && at <= Date.now();
    if (!(await allExpected(session)).some(isDue)) return;
    await session.records.synchronise();
    const due = (await allExpected(session)).filter(isDue);
    for (const one of due) await session.records.put({ ...(await contentOf(session, one)), ...(await outcome(session, one, here)) }, one.record);
    await session.records.synchronise();
  });
}

async function contentOf({ records }: Session, { record }: Expected): Promise<JsonObject> {
  return (await records.get(record))?.content ?? {};
}

async function outcome(session: Session, one: Expected, here: Here): Promise<JsonObject> {
  try {
    const found = await askAgain(one, here, async (access) => {
      const content = await contentOf(session, one);
      await session.records.put({ ...content, tie: { ...(content.tie as JsonObject), access: access as unknown as Json } }, one.record);
    });
    if (isLater(found)) return gaveUp(one) ?? kept(found);
    return { copies: found.copies, notification: found.notification, tie: found.tie as unknown as Json };
  } catch (error) {
    if (error instanceof AccessEnded) return { over: true };
    if (!(error instanceof MalformedValue || error instanceof ForeignOffer)) throw error;
    return gaveUp(one) ?? { at: Date.now() + 3_600_000 }; // something is in the way
  }
}

function gaveUp({ since }: Expected): JsonObject | null {
  return Date.now() - since > PATIENCE ? { over: true } : null;
}
