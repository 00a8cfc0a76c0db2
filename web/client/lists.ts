// The partnership's lists, read whole: every file that a verdict needs, each checked by the walk.
import type { Bytes } from "./bytes.ts";
import { parseCodec, type Codec } from "./codec.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { ListsError, walk, type Source } from "./tuf.ts";

const NEEDED = ["authorities", "issuers", "qualifications", "rules", "suspensions"];
const MORE = ["log-heads", "closing-rolls"];

export interface Listed {
  state: string;
  record: JsonObject;
}

export interface Lists {
  version: number;
  published: Date;
  expired: boolean;
  hash: string;
  agreement: Json;
  parties: JsonObject[];
  codec: Codec | null;
  files: { [name: string]: Listed[] };
  joint: JsonObject[];
  elsewhere: string[]; // codes of the parties whose lists are not kept: nothing is known of what they say
  ranOut: { [state: string]: number }; // when the signatures of a state that is late had run out
  coCertification: JsonObject | null;
}

// `corridor`: codes of the states whose lists are kept; null for all.
export async function openLists(source: Source, root: Bytes, now: Date, seenVersion = 0, corridor: string[] | null = null): Promise<Lists> {
  const files = await walk(source, root, seenVersion, corridor);
  const parties = await files.partnership("parties");
  if (!parties || !Array.isArray(parties.parties)) throw new ListsError("the list of parties is missing");
  const listed: { [name: string]: Listed[] } = {};
  const codesOf = parties.parties.map((party) => (isObject(party) ? String(party.code) : ""));
  if (corridor?.some((code) => !codesOf.includes(code))) throw new ListsError("a state of the corridor is no party");
  const kept = codesOf.filter((code) => !corridor || corridor.includes(code));
  for (const state of kept) {
    for (const name of [...NEEDED, ...MORE]) {
      const document = await files.ofState(state, name);
      if (!document && NEEDED.includes(name)) throw new ListsError(`states/${state}/${name}.json is not signed by the role that must sign it`);
      const records = document ? document[name] : [];
      if (!Array.isArray(records)) throw new ListsError("a list is not of the form that it must have");
      (listed[name] ??= []).push(...records.map((record) => ({ state, record: record as JsonObject })));
    }
  }
  const codes = await files.partnership("qr");
  const joint = (await files.partnership("qualifications"))?.qualifications ?? [];
  return {
    version: files.version,
    published: files.published,
    expired: now >= files.expires,
    hash: files.hash,
    agreement: parties.agreement ?? null,
    parties: parties.parties as JsonObject[],
    codec: codes ? parseCodec(codes) : null,
    files: listed,
    joint: joint as JsonObject[],
    elsewhere: codesOf.filter((code) => corridor && !corridor.includes(code)),
    ranOut: Object.fromEntries(kept.flatMap((code) => [files.ranOut(code)].flatMap((end) => (end === null ? [] : [[code, end]])))),
    coCertification: isObject(parties.coCertification) ? parties.coCertification : null,
  };
}
