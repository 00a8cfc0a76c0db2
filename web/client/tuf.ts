// The walk through the signed lists' metadata from a pinned root, with the rules of `trust/signed_files.py`: every signature against
// its role's threshold, every version, length and hash; a state's file counts only when its own role has signed it.
import { fromHex, hex, sha256, utf8, type Bytes } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { verifies } from "./keys.ts";

export class ListsError extends Error {}

export type Source = (path: string) => Promise<Bytes | null>;

export interface SignedFiles {
  version: number;
  published: Date;
  expires: Date;
  hash: string;
  partnership(name: string): Promise<JsonObject | null>;
  ofState(code: string, name: string): Promise<JsonObject | null>;
  ranOut(code: string): number | null; // when a state's signatures had run out, before these lists were published
}

const MAX_FILE = 64 * 1024 * 1024;

// `corridor`: codes of the states whose lists are wanted; null for all.
export async function walk(source: Source, pinned: Bytes, seenVersion = 0, corridor: string[] | null = null): Promise<SignedFiles> {
  const root = await newestRoot(source, pinned);
  const timestamp = await signedBy(root, "timestamp", await bytesOf(source, "metadata/timestamp.json"));
  const meta = object(object(timestamp.meta)["snapshot.json"]);
  if (whole(meta.version) < seenVersion) throw new ListsError("these lists are older than those that were seen before");
  const snapshot = await described(source, root, "snapshot", meta);
  const versions = object(snapshot.meta);
  const top = await described(source, root, "targets", object(versions["targets.json"]));
  const signs = (role: JsonObject, code: string): boolean => list(role.paths).some((pattern) => fits(`states/${code}/rules.json`, text(pattern)));
  const roles = delegated(top).filter((role) => !corridor || corridor.some((code) => signs(role, code)));
  const targets = new Map<string, JsonObject>();
  for (const role of roles) {
    const name = text(role.name);
    targets.set(name, await described(source, top, name, object(versions[`${name}.json`])));
  }
  const published = moment(timestamp.published);
  const ended = [root, snapshot, top].find((signed) => moment(signed.expires) <= published);
  if (ended) throw new ListsError(`${text(ended._type)} had run out before these lists were published`);
  const byRole = (code: string): JsonObject => {
    const role = roles.find((entry) => signs(entry, code));
    if (!role) throw new ListsError(`no role signs for the state ${code}`);
    return targets.get(text(role.name)) as JsonObject;
  };
  return {
    version: whole(snapshot.version),
    published,
    expires: moment(timestamp.expires),
    hash: text(object(meta.hashes).sha256),
    partnership: (name) => target(source, top, `partnership/${name}.json`),
    ofState: async (code, name) => target(source, byRole(code), `states/${code}/${name}.json`),
    ranOut: (code) => {
      const end = moment(byRole(code).expires);
      return end <= published ? end.getTime() : null;
    },
  };
}

async function newestRoot(source: Source, pinned: Bytes): Promise<JsonObject> {
  let trusted = object(read(pinned).signed);
  if (trusted._type !== "root") throw new ListsError("the pinned file is no root");
  for (;;) {
    const version = whole(trusted.version) + 1;
    const content = await source(`metadata/${version}.root.json`);
    if (!content) return trusted;
    const next = await signedBy(trusted, "root", content);
    await signedBy(next, "root", content);
    if (next.version !== version) throw new ListsError("a root has another version than its name");
    trusted = next;
  }
}

async function described(source: Source, by: JsonObject, role: string, meta: JsonObject): Promise<JsonObject> {
  const content = await bytesOf(source, `metadata/${whole(meta.version)}.${role}.json`);
  checkContent(content, meta);
  const signed = await signedBy(by, role, content);
  if (signed.version !== meta.version) throw new ListsError(`${role} is of another version than it must be`);
  return signed;
}

async function target(source: Source, targets: JsonObject, path: string): Promise<JsonObject | null> {
  const listed = object(targets.targets);
  if (!Object.hasOwn(listed, path)) return null;
  const info = object(listed[path]);
  const cut = path.lastIndexOf("/");
  const content = await bytesOf(source, `targets/${path.slice(0, cut)}/${text(object(info.hashes).sha256)}.${path.slice(cut + 1)}`);
  checkContent(content, info);
  return read(content);
}

async function signedBy(by: JsonObject, role: string, content: Bytes): Promise<JsonObject> {
  const metadata = read(content);
  const signed = object(metadata.signed);
  const [keys, named] = whoSigns(by, role);
  if (signed._type !== (["root", "timestamp", "snapshot"].includes(role) ? role : "targets")) throw new ListsError(`${role} is of another kind`);
  const data = utf8(spelt(signed));
  const signatures = new Map(list(metadata.signatures).map((entry) => [text(object(entry).keyid), text(object(entry).sig)]));
  let good = 0;
  for (const keyid of new Set(list(named.keyids).map(text))) {
    const key = object(keys[keyid]);
    const signature = signatures.get(keyid);
    if (!signature || key.keytype !== "ed25519" || key.scheme !== "ed25519" || !/^([0-9a-f]{2})+$/i.test(signature)) continue;
    const raw = fromHex(text(object(key.keyval).public));
    if (await verifies({ algorithm: "Ed25519", raw }, fromHex(signature), data)) good++;
  }
  if (good < Math.max(1, whole(named.threshold))) throw new ListsError(`${role} is not signed by those who must sign it`);
  return signed;
}

function whoSigns(by: JsonObject, role: string): [JsonObject, JsonObject] {
  if (by._type === "root") return [object(by.keys), object(object(by.roles)[role])];
  const named = delegated(by).find((entry) => entry.name === role);
  if (!named) throw new ListsError(`nobody signs for ${role}`);
  return [object(object(by.delegations).keys), named];
}

function delegated(targets: JsonObject): JsonObject[] {
  return isObject(targets.delegations) ? list(targets.delegations.roles).map(object) : [];
}

async function bytesOf(source: Source, path: string): Promise<Bytes> {
  const content = await source(path);
  if (!content) throw new ListsError(`${path} is missing`);
  if (content.length > MAX_FILE) throw new ListsError(`${path} is larger than we read`);
  return content;
}

function checkContent(content: Bytes, info: JsonObject): void {
  const wanted = isObject(info.hashes) ? info.hashes.sha256 : undefined;
  if (info.length !== undefined && info.length !== content.length) throw new ListsError("a file has another length than was signed");
  if (wanted !== undefined && wanted !== hex(sha256(content))) throw new ListsError("a file is another than was signed");
}

// `*` and `?` within one part of a path, as TUF's patterns are read.
function fits(path: string, pattern: string): boolean {
  const expression = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*").replaceAll("?", "[^/]");
  return new RegExp(`^${expression}$`).test(path);
}

// What TUF signs: JSON with sorted names and no escapes but those of `"` and `\`.
function spelt(value: Json): string {
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  if (Array.isArray(value)) return `[${value.map(spelt).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${spelt(name)}:${spelt(value[name] as Json)}`).join(",")}}`;
}

function read(content: Bytes): JsonObject {
  try {
    return object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content)) as Json);
  } catch {
    throw new ListsError("a file of the lists is no JSON object");
  }
}

function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new ListsError("a file of the lists is not of the form that it must have");
  return value;
}

function list(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new ListsError("a file of the lists is not of the form that it must have");
  return value;
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw new ListsError("a file of the lists is not of the form that it must have");
  return value;
}

function whole(value: Json | undefined): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new ListsError("a version is no whole number");
  return value;
}

function moment(value: Json | undefined): Date {
  const found = new Date(text(value));
  if (Number.isNaN(found.getTime())) throw new ListsError("a date in the lists is none");
  return found;
}
