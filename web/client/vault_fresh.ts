// Fresh copies of certificates whose copies were all shown: two who are shown different ones cannot tell that they are one person's.
import type { Json, JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";
import { AccessEnded, accessOf } from "./vault_access.ts";
import { ForeignOffer, Refused, Unanswered, Unreachable } from "./vault_api.ts";
import { freshContent, isUsedUp } from "./vault_copies.ts";
import { isLater, notify, takeMore, type Tie } from "./vault_issuance.ts";
import type { Here } from "./vault_offers.ts";
import { courierOf } from "./vault_relay.ts";
import type { Session } from "./vault_session.ts";
import { lookAtToken, lookAtForeign } from "./vault_tokens.ts";
import { isToken } from "./vault_papers.ts";

export async function freshen(session: Session): Promise<void> {
  const here: Here = { courier: courierOf(session), origin: location.origin };
  if (!(await session.records.all()).some((entry) => isUsedUp(entry, Date.now()))) return;
  await navigator.locks.request("vault later", async () => {
    await session.records.synchronise(); // what renews a token works once, on one device
    const used = (await session.records.all()).filter((entry) => isUsedUp(entry, Date.now()));
    for (const { id } of used) await renew(session, id, here);
    if (used.length) await session.records.synchronise();
  }).catch(quietly);
}

function quietly(error: unknown): void {
  if (!(error instanceof Unanswered || error instanceof Unreachable || error instanceof Refused)) throw error;
}

async function renew({ records }: Session, id: string, here: Here): Promise<void> {
  const change = async (changes: JsonObject): Promise<void> => void (await records.put({ ...((await records.get(id))?.content ?? {}), ...changes }, id));
  const entry = await records.get(id);
  if (!entry) return;
  await change({ asked: Date.now() });
  const tie = entry.content.tie as unknown as Tie;
  accessOf(tie.access as unknown as Json);
  try {
    const found = await takeMore(tie, here, (access) => change({ tie: { ...tie, access } as unknown as Json }));
    if (isLater(found)) return;
    const fresh = freshContent(entry, found);
    const isGood = fresh !== null && (await areValid(found.copies, here));
    if (isGood) await change(fresh);
    await notify(found, isGood ? "credential_accepted" : "credential_failure", here);
  } catch (error) {
    if (error instanceof AccessEnded) await change({ tie: null });
    else if (!(error instanceof MalformedValue || error instanceof ForeignOffer)) throw error;
  }
}

async function areValid(copies: string[], { courier }: Here): Promise<boolean> {
  const seen = { courier, key: null };
  const looks = copies.map((text) => (isToken(text) ? lookAtToken(text, seen) : lookAtForeign(JSON.parse(text) as JsonObject, seen)));
  return (await Promise.all(looks)).every(({ standing }) => standing.state === "valid");
}
