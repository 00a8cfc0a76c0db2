// SD-JWT (RFC 9901) on the holder's side: what a credential can show, and what of it is shown.
import { base64url, fromBase64url, fromUtf8, sha256, utf8 } from "./bytes.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";

const DEEPEST = 32;
const MOST = 1000; // disclosures

export interface Disclosure {
  text: string;
  path: (string | number)[]; // of what it discloses, in the whole credential
}

export interface SdJwt {
  jwt: string; // the issuer's, with its signature
  header: JsonObject;
  claims: JsonObject; // with everything disclosed
  disclosures: Disclosure[]; // an outer one before those inside it
}

export const isSdJwt = (text: string): boolean => /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+~([A-Za-z0-9_-]+~)*$/.test(text);

export function decoded(part: string | undefined): JsonObject {
  let found: unknown;
  try {
    found = JSON.parse(fromUtf8(fromBase64url(part ?? "")));
  } catch {
    throw new MalformedValue("a part of the token is no JSON");
  }
  if (!isObject(found)) throw new MalformedValue("a part of the token is no object");
  return found;
}

export function parseSdJwt(text: string): SdJwt {
  if (!isSdJwt(text)) throw new MalformedValue("this is no SD-JWT");
  const [jwt = "", ...rest] = text.split("~");
  const [header, payload] = jwt.split(".");
  const signed = decoded(payload);
  if ((signed._sd_alg ?? "sha-256") !== "sha-256" || rest.length > MOST) throw new MalformedValue("the digests are of a kind that is not read here");
  const given = new Map(rest.slice(0, -1).map((one) => [base64url(sha256(utf8(one))), one]));
  const disclosures: Disclosure[] = [];
  const claims = whole(signed, [], { given, disclosures });
  if (given.size) throw new MalformedValue("a disclosure belongs to nothing that was signed");
  return { jwt, header: decoded(header), claims: claims as JsonObject, disclosures };
}

interface Reading {
  given: Map<string, string>; // by digest; what was used is gone, so none is used twice
  disclosures: Disclosure[];
}

function whole(value: Json, path: (string | number)[], reading: Reading): Json {
  if (path.length > DEEPEST) throw new MalformedValue("the credential is too deep");
  if (Array.isArray(value)) return elements(value, path, reading);
  if (!isObject(value)) return value;
  const { _sd: digests, _sd_alg: _, ...plain } = value;
  const shown: JsonObject = {};
  for (const [name, inner] of Object.entries(plain)) put(shown, name, whole(inner, [...path, name], reading));
  for (const digest of Array.isArray(digests) ? digests : []) {
    const opened = disclosed(String(digest), reading, 3);
    if (!opened) continue;
    const [text, [, name, inner]] = opened;
    if (typeof name !== "string" || Object.hasOwn(shown, name) || name === "_sd" || name === "...") throw new MalformedValue("a disclosure names what may not be named");
    reading.disclosures.push({ text, path: [...path, name] });
    put(shown, name, whole(inner as Json, [...path, name], reading));
  }
  return shown;
}

// A claim may be called `__proto__`.
function put(shown: JsonObject, name: string, value: Json): void {
  Object.defineProperty(shown, name, { value, enumerable: true, configurable: true, writable: true });
}

function elements(value: Json[], path: (string | number)[], reading: Reading): Json[] {
  const shown: Json[] = [];
  for (const one of value) {
    const there = [...path, shown.length];
    if (!isObject(one) || typeof one["..."] !== "string") {
      shown.push(whole(one, there, reading));
      continue;
    }
    const opened = disclosed(one["..."], reading, 2);
    if (!opened) continue;
    reading.disclosures.push({ text: opened[0], path: there });
    shown.push(whole(opened[1][1] as Json, there, reading));
  }
  return shown;
}

function disclosed(digest: string, { given }: Reading, length: number): [string, Json[]] | null {
  const text = given.get(digest);
  if (text === undefined) return null;
  given.delete(digest);
  let parts: unknown;
  try {
    parts = JSON.parse(fromUtf8(fromBase64url(text)));
  } catch {
    throw new MalformedValue("a disclosure is no JSON");
  }
  if (!Array.isArray(parts) || parts.length !== length) throw new MalformedValue("a disclosure has another form");
  return [text, parts as Json[]];
}

// Returns the disclosures that these paths need: what leads to them, and what lies below them.
export function chosen({ disclosures }: SdJwt, paths: (string | number)[][]): Disclosure[] {
  const meets = (one: (string | number)[], other: (string | number)[]): boolean => one.every((step, place) => place >= other.length || other[place] === step);
  return disclosures.filter(({ path }) => paths.some((wanted) => meets(path, wanted)));
}

export function withDisclosures({ jwt }: SdJwt, shown: Disclosure[]): string {
  return [jwt, ...shown.map(({ text }) => text), ""].join("~");
}
