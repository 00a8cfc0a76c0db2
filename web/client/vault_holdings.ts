// The certificates of a vault that can be shown to somebody who asks: those that are bound to a key of the vault, with all their copies.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { parseJws } from "./jws.ts";
import { isMdoc, parseMdoc } from "./mdoc.ts";
import { decoded, isSdJwt, parseSdJwt, type SdJwt } from "./sd_jwt.ts";
import type { HolderKey } from "./vault_holder.ts";
import type { Entry } from "./vault_sync.ts";

// Types that are asked for by the IRI that their contexts give them (OpenID4VP 1.0, Appendix B.1).
const EXPANDED: { [type: string]: string } = {
  VerifiableCredential: "https://www.w3.org/2018/credentials#VerifiableCredential",
  OpenBadgeCredential: "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential",
  AchievementCredential: "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential",
  WorkExperienceCredential: "https://comity.example/vocabulary#WorkExperienceCredential",
};

export interface Copy {
  format: "dc+sd-jwt" | "ldp_vc" | "jwt_vc_json" | "vc+jwt" | "mso_mdoc";
  types: string[];
  token: SdJwt; // of a document or a JWT: one of which everything is shown
  text: string;
  key: HolderKey;
  holder: string; // the DID that it is bound to; empty for a bare key
}

export interface Holding {
  record: string;
  shows: number; // how often one of its copies was shown
  copies: Copy[];
}

export function holdingsOf(entries: Entry[]): Holding[] {
  return entries.flatMap(({ id, content }) => {
    const { credential, copies, keys, shows, kind } = content;
    if (kind !== "credential" || typeof credential !== "string" || !Array.isArray(keys)) return [];
    const texts = [credential, ...(Array.isArray(copies) ? copies.map(String) : [])];
    const bound = texts.flatMap((text) => copyOf(text, keys as unknown as HolderKey[]));
    return bound.length ? [{ record: id, shows: Number(shows ?? 0), copies: bound }] : [];
  });
}

// A copy is shown again only when every other was: two who were shown different ones cannot tell by its key that they are the same person's.
export function nextCopy({ copies, shows }: Holding): Copy {
  return copies[shows % copies.length] as Copy;
}

// What cannot be read is not shown.
function copyOf(text: string, keys: HolderKey[]): Copy[] {
  try {
    if (isSdJwt(text)) return inParts(text, keys);
    if (isMdoc(text)) return ofMdoc(text, keys);
    return text.startsWith("{") ? ofDocument(text, keys) : ofJwt(text, keys);
  } catch {
    return [];
  }
}

function inParts(text: string, keys: HolderKey[]): Copy[] {
  const token = parseSdJwt(text);
  const jwk = isObject(token.claims.cnf) ? token.claims.cnf.jwk : null;
  const key = keys.find((one) => isObject(jwk) && isSame(jwk, one));
  return key ? [{ format: "dc+sd-jwt", types: [String(token.claims.vct)], token, text, key, holder: "" }] : [];
}

function ofMdoc(text: string, keys: HolderKey[]): Copy[] {
  const { doctype, claims, disclosures, deviceKey } = parseMdoc(text);
  const key = keys.find((one) => isSame(deviceKey, one));
  return key ? [{ format: "mso_mdoc", types: [doctype], text, key, holder: "", token: { jwt: text, header: {}, claims, disclosures } }] : [];
}

function ofDocument(text: string, keys: HolderKey[]): Copy[] {
  const document = JSON.parse(text) as JsonObject;
  return boundTo(document, keys, { format: "ldp_vc", text, header: {} });
}

function ofJwt(text: string, keys: HolderKey[]): Copy[] {
  const { header, claims } = parseJws(text);
  const format = header.typ === "vc+jwt" ? "vc+jwt" : "jwt_vc_json";
  return boundTo(isObject(claims.vc) ? claims.vc : claims, keys, { format, text, header });
}

function boundTo(document: JsonObject, keys: HolderKey[], { format, text, header }: Pick<Copy, "format" | "text"> & { header: JsonObject }): Copy[] {
  const subject = document.credentialSubject;
  const holder = isObject(subject) ? String(subject.id ?? "") : "";
  const key = keys.find((one) => one.did === holder || (holder.startsWith("did:jwk:") && isSame(decoded(holder.slice("did:jwk:".length)), one)));
  const types = (Array.isArray(document.type) ? document.type : [document.type ?? null]).map(String);
  const all = [...types, ...types.flatMap((type) => EXPANDED[type] ?? [])];
  return key ? [{ format, types: all, text, key, holder, token: { jwt: text, header, claims: document, disclosures: [] } }] : [];
}

function isSame(jwk: JsonObject, key: HolderKey): boolean {
  const own: { [name: string]: Json | undefined } = key.jwk;
  return jwk.kty === "EC" && jwk.crv === own.crv && jwk.x === own.x && jwk.y === own.y;
}
