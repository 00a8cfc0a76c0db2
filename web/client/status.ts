// Status lists that were kept: a withdrawal that they name counts however old they are; that none is named is said with their date.
import { fromBase64url, type Bytes } from "./bytes.ts";
import { object, type Outcome } from "./claims.ts";
import { isObject, type JsonObject } from "./json.ts";
import { parseMultikey } from "./keys.ts";
import type { Listed, Lists } from "./lists.ts";
import { proofHolds } from "./proofs.ts";
import { unpack } from "./unpack.ts";

const MAX_BYTES = 2 * 1024 * 1024;
const MINIMUM_BYTES = 16 * 1024;
const CODES: { [purpose: string]: string } = { revocation: "REVOKED", suspension: "SUSPENDED" };

const opened = new WeakMap<Lists, Map<string, Promise<[Bytes, number] | null>>>();

export interface Status {
  outcome: Outcome;
  code?: string;
  asOf?: number;
  replaced?: boolean; // whether a newer one took its place, for one that is revoked
}

export type Kept = (url: string) => Promise<Bytes | null>;

export async function statusOf(document: JsonObject, lists: Lists, kept: Kept): Promise<Status> {
  const entries = (Array.isArray(document.credentialStatus) ? document.credentialStatus : [document.credentialStatus ?? null]).filter(isObject);
  const said: Status[] = [];
  for (const entry of entries) said.push(await statusOfEntry(document, entry, lists, kept));
  const bad = said.find(({ code }) => code === "REVOKED") ?? said.find(({ code }) => code);
  const dates = said.flatMap(({ asOf }) => (asOf === undefined ? [] : [asOf]));
  const known = said.every(({ outcome }) => outcome === "passed");
  return bad ?? { outcome: known ? "passed" : "unknown", ...(dates.length ? { asOf: Math.min(...dates) } : {}) };
}

async function statusOfEntry(document: JsonObject, entry: JsonObject, lists: Lists, kept: Kept): Promise<Status> {
  const [isSet, asOf] = await bitOf(document, entry, lists, kept);
  if (isSet === null) return { outcome: "unknown" };
  const code = isSet ? CODES[String(entry.statusPurpose)] : undefined;
  const replaced = code === "REVOKED" && (await bitOf(document, newerThan(entry), lists, kept))[0];
  return { outcome: code ? "failed" : "passed", ...(code ? { code } : {}), ...(replaced ? { replaced } : {}), asOf };
}

// The entry in the list of what was replaced: `credentials/status/replacement.py`.
const newerThan = (entry: JsonObject): JsonObject => ({ ...entry, statusPurpose: "refresh", statusListCredential: String(entry.statusListCredential).replace(/revocation$/, "refresh") });

async function bitOf(document: JsonObject, entry: JsonObject, lists: Lists, kept: Kept): Promise<[boolean | null, number]> {
  const [bits, asOf] = (await listOf(String(object(document.issuer).id), entry, lists, kept)) ?? [[], 0];
  const index = Number(entry.statusListIndex);
  const byte = /^[0-9]{1,9}$/.test(String(entry.statusListIndex)) ? bits[index >> 3] : undefined;
  return [byte === undefined ? null : (byte & (0x80 >> (index & 7))) !== 0, asOf];
}

// A list is opened and its signature checked once, as long as the partnership's lists beside it are the same.
function listOf(issuer: string, entry: JsonObject, lists: Lists, kept: Kept): Promise<[Bytes, number] | null> {
  const read = opened.get(lists) ?? new Map<string, Promise<[Bytes, number] | null>>();
  opened.set(lists, read);
  const url = String(entry.statusListCredential);
  const key = JSON.stringify([url, issuer, entry.statusPurpose]);
  const found = read.get(key) ?? kept(url).then((content) => content && readList(content, issuer, entry, lists));
  read.set(key, found);
  return found;
}

async function readList(content: Bytes, issuer: string, entry: JsonObject, lists: Lists): Promise<[Bytes, number] | null> {
  const list = JSON.parse(new TextDecoder().decode(content)) as JsonObject;
  const subject = object(list.credentialSubject);
  const by = signerOf(list);
  if (list.id !== entry.statusListCredential || subject.statusPurpose !== entry.statusPurpose) return null;
  if (by !== issuer && !statusAuthorities(issuer, lists).includes(by)) return null;
  const made = await madeAt(list, lists);
  return made === null ? null : [await gunzip(String(subject.encodedList)), made];
}

const signerOf = (list: JsonObject): string => String(isObject(list.issuer) ? list.issuer.id : list.issuer);

// Returns who else signs status lists of an issuer, by its state's word; nobody where several states list it.
function statusAuthorities(issuer: string, lists: Lists): string[] {
  const known = (lists.files.issuers ?? []).filter(({ record }) => record.did === issuer);
  const named = known.length === 1 ? known[0]?.record.statusAuthorities : [];
  return Array.isArray(named) ? named.map(String) : [];
}

// Returns when a list was made, once a key of who signs it is found to have signed it that nobody is known to have stolen.
async function madeAt(list: JsonObject, lists: Lists): Promise<number | null> {
  const proofs = (Array.isArray(list.proof) ? list.proof : [list.proof ?? null]).filter(isObject);
  for (const proof of proofs) {
    const method = String(proof.verificationMethod);
    const key = isStolen(method, signerOf(list), lists) ? undefined : keyOf(method, signerOf(list), lists);
    if (key && (await proofHolds({ ...list, proof }, parseMultikey(key)))) return Date.parse(String(list.validFrom));
  }
  return null;
}

// Returns whether a list that was fetched may take the place of the one that is kept: never an older one, and none that nobody known signed.
export async function replaces(fetched: Bytes, kept: Bytes | null, lists: Lists): Promise<boolean> {
  const made = async (content: Bytes): Promise<number | null> => {
    try {
      return await madeAt(JSON.parse(new TextDecoder().decode(content)) as JsonObject, lists);
    } catch {
      return null;
    }
  };
  const before = kept && (await made(kept));
  if (before === null) return true;
  const after = await made(fetched);
  return after !== null && after >= before;
}

// A list that cannot be read says nothing.
export async function quietStatus(document: JsonObject, lists: Lists, kept: Kept): Promise<Status> {
  try {
    return await statusOf(document, lists, kept);
  } catch {
    return { outcome: "unknown" };
  }
}

// Returns the listed key of an issuer, or of an authority that signs with a DID that is no issuer's.
export function keyOf(method: string, issuer: string, lists: Lists): string | undefined {
  const by = (name: string): Listed[] => lists.files[name]?.filter(({ record }) => record.did === issuer) ?? [];
  const known = by("issuers").length ? by("issuers") : by("authorities");
  const keys = known.flatMap(({ record }) => (Array.isArray(record.keys) ? record.keys : [])).map(object);
  const found = keys.find((key) => `${issuer}${key.id}` === method)?.publicKeyMultibase;
  return found === undefined ? undefined : String(found);
}

export function isStolen(method: string, did: string, lists: Lists): boolean {
  const listed = [...(lists.files.issuers ?? []), ...(lists.files.authorities ?? [])].filter(({ record }) => record.did === did);
  const keys = listed.flatMap(({ record }) => (Array.isArray(record.keys) ? record.keys : [])).map(object);
  return keys.some((key) => `${did}${key.id}` === method && (key.compromisedSince ?? null) !== null);
}

// Returns the bits of a list: multibase of gzip.
export async function gunzip(text: string): Promise<Bytes> {
  const bits = await unpack([fromBase64url(text.slice(1))], "gzip", MAX_BYTES);
  if (bits.length < MINIMUM_BYTES) throw new RangeError("the status list is too short");
  return bits;
}
