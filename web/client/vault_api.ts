// The server's part of a vault, asked by `fetch`. The server sees ciphertext, opaque numbers and versions.
import { base64url, fromBase64url, type Bytes } from "./bytes.ts";
import { isObject, type JsonObject } from "./json.ts";

const ROOT = "/wallet/api/v1";

// The server could not be asked.
export class Unreachable extends Error {}

// Somebody else, whom the server asked for the vault, did not answer.
export class Unanswered extends Error {}

// An offer is of a form that a vault does not take, or wants what nobody vouches for here: keys that lie in certified hardware, or a
// wallet whose maker the issuer knows.
export class ForeignOffer extends Error {
  readonly why: "form" | "keys" | "maker";

  constructor(message: string, why: "form" | "keys" | "maker" = "form") {
    super(message);
    this.why = why;
  }
}

// The server's answer was a problem document: its type's last word, and what else it says.
export class Refused extends Error {
  readonly status: number;
  readonly document: JsonObject;

  constructor(status: number, document: JsonObject) {
    super(String(document.type ?? "").split("#").pop());
    this.status = status;
    this.document = document;
  }
}

export interface Sealed {
  id: string;
  version: number;
  sealed: Bytes | null; // null once it was removed
}

export interface Asked {
  method?: string;
  body?: JsonObject;
  access?: string;
  headers?: { [name: string]: string };
}

export async function ask(path: string, { method = "GET", body, access, headers = {} }: Asked = {}): Promise<JsonObject> {
  const sent: { [name: string]: string } = { Accept: "application/json", ...headers };
  if (body) sent["Content-Type"] = "application/json";
  if (access) sent.Authorization = `Bearer ${access}`;
  let answer: Response;
  try {
    answer = await fetch(ROOT + path, { method, headers: sent, credentials: "omit", cache: "no-store", ...(body && { body: JSON.stringify(body) }) });
  } catch {
    throw new Unreachable("the server did not answer");
  }
  if (answer.status >= 500) throw new Unreachable("the server has a trouble of its own");
  const document: unknown = answer.status === 204 || answer.status === 201 ? {} : await answer.json().catch(() => ({}));
  const found = isObject(document) ? document : {};
  if (!answer.ok) throw new Refused(answer.status, found);
  return found;
}

export async function changesSince(access: string, cursor: number): Promise<{ records: Sealed[]; cursor: number; more: boolean }> {
  const found = await ask(`/changes?since=${cursor}`, { access });
  const records = (found.records as JsonObject[]).map((one) => ({
    id: String(one.id),
    version: Number(one.version),
    sealed: one.sealed === null ? null : fromBase64url(String(one.sealed)),
  }));
  return { records, cursor: Number(found.cursor), more: found.more === true };
}

// Writes the next version of a record. Raises Refused with status 412 when another version is kept.
export async function write(access: string, { id, version, sealed }: Sealed, request: string): Promise<void> {
  const headers = { "Idempotency-Key": request, ...(version === 1 ? { "If-None-Match": "*" } : { "If-Match": `"${version - 1}"` }) };
  const path = `/records/${id}`;
  if (sealed) await ask(path, { method: "PUT", access, headers, body: { sealed: base64url(sealed) } });
  else await ask(path, { method: "DELETE", access, headers });
}
