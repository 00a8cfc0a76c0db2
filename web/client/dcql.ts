// Digital Credentials Query Language on the device (OpenID4VP 1.0 §6, §7): `credentials/dcql/` in the browser.
import { isObject, type Json, type JsonObject } from "./json.ts";
import { MalformedValue } from "./problems.ts";

const MOST = { credentials: 20, sets: 20, options: 50, claims: 100, values: 200, steps: 32 };

export type Step = string | number | null; // null: every element of an array
export type Path = Step[];

interface ClaimQuery {
  id: string | null;
  path: Path;
  values: Json[]; // those that will do; empty where any will
}

export interface CredentialQuery {
  id: string;
  format: string;
  multiple: boolean;
  types: string[][]; // alternatives, each with all its types
  authorities: number; // how many trusted authorities are named
  needsHolder: boolean;
  options: ClaimQuery[][]; // combinations of claims, the preferred first
}

export interface CredentialSet {
  options: string[][];
  required: boolean;
  purpose: string;
}

export interface Query {
  credentials: CredentialQuery[];
  sets: CredentialSet[];
}

// A credential as a query sees it: everything that it can show.
export interface Candidate {
  format: string;
  types: string[];
  claims: JsonObject;
}

function list<T>(value: Json | undefined, most: number, read: (one: Json) => T, least = 1): T[] {
  if (!Array.isArray(value) || value.length < least || value.length > most) throw new MalformedValue("a list of the query is missing or too long");
  return value.map(read);
}

function optional<T>(value: Json | undefined, most: number, read: (one: Json) => T): T[] {
  return value === undefined ? [] : list(value, most, read);
}

function text(value: Json | undefined): string {
  if (typeof value !== "string" || !value || value.length > 2048) throw new MalformedValue("a text of the query is missing");
  return value;
}

function name(value: Json | undefined): string {
  const found = text(value);
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(found)) throw new MalformedValue("an id of the query is none");
  return found;
}

function isTrue(value: Json | undefined, otherwise: boolean): boolean {
  if (value !== undefined && typeof value !== "boolean") throw new MalformedValue("a mark of the query is neither true nor false");
  return value ?? otherwise;
}

function step(value: Json): Step {
  if (value === null || typeof value === "string" || (Number.isInteger(value) && (value as number) >= 0)) return value as Step;
  throw new MalformedValue("a step of a path is a name, a position or null");
}

function claim(value: Json): ClaimQuery {
  if (!isObject(value)) throw new MalformedValue("a claim of the query is no object");
  const values = optional(value.values, MOST.values, (one) => one);
  return { id: value.id === undefined ? null : name(value.id), path: list(value.path, MOST.steps, step), values };
}

function options(value: JsonObject): ClaimQuery[][] {
  const claims = optional(value.claims, MOST.claims, claim);
  if (value.claim_sets === undefined) return [claims];
  return list(value.claim_sets, MOST.options, (ids) =>
    list(ids, MOST.claims, (id) => {
      const found = claims.find((one) => one.id === id);
      if (!found) throw new MalformedValue("a claim set names a claim that is not there");
      return found;
    }),
  );
}

function typesOf(format: string, meta: JsonObject): string[][] {
  if (format === "dc+sd-jwt") return optional(meta.vct_values, MOST.values, (one) => [text(one)]);
  if (format === "mso_mdoc") return [[text(meta.doctype_value)]];
  return optional(meta.type_values, MOST.options, (types) => list(types, MOST.options, text));
}

function credential(value: Json): CredentialQuery {
  if (!isObject(value) || !isObject(value.meta)) throw new MalformedValue("a credential query has a meta");
  const format = text(value.format);
  return {
    id: name(value.id),
    format,
    multiple: isTrue(value.multiple, false),
    types: typesOf(format, value.meta),
    authorities: optional(value.trusted_authorities, MOST.options, (one) => one).length,
    needsHolder: isTrue(value.require_cryptographic_holder_binding, true),
    options: options(value),
  };
}

export function parseQuery(value: Json | undefined): Query {
  if (!isObject(value)) throw new MalformedValue("the query is no object");
  const credentials = list(value.credentials, MOST.credentials, credential);
  const ids = new Set(credentials.map(({ id }) => id));
  if (ids.size !== credentials.length) throw new MalformedValue("two credential queries have one id");
  const known = (id: Json): string => {
    if (!ids.has(String(id))) throw new MalformedValue("a credential set names a query that is not there");
    return String(id);
  };
  const sets = optional(value.credential_sets, MOST.sets, (one): CredentialSet => {
    if (!isObject(one)) throw new MalformedValue("a credential set is no object");
    const purpose = typeof one.purpose === "string" ? one.purpose : "";
    return { options: list(one.options, MOST.options, (ways) => list(ways, MOST.credentials, known)), required: isTrue(one.required, true), purpose };
  });
  return { credentials, sets };
}

// Returns where a path leads, as paths without null; empty where it leads nowhere (§7.1.1).
export function found(claims: Json, path: Path): { path: (string | number)[]; value: Json }[] {
  let selected: { path: (string | number)[]; value: Json }[] = [{ path: [], value: claims }];
  for (const one of path) {
    selected = selected.flatMap(({ path: there, value }) => {
      if (typeof one === "string") return isObject(value) && Object.hasOwn(value, one) ? [{ path: [...there, one], value: value[one] as Json }] : [];
      if (!Array.isArray(value)) return [];
      const places = one === null ? [...value.keys()] : one < value.length ? [one] : [];
      return places.map((place) => ({ path: [...there, place], value: value[place] as Json }));
    });
  }
  return selected;
}

function isMet({ path, values }: ClaimQuery, claims: JsonObject): boolean {
  const selected = found(claims, path);
  return selected.length > 0 && (!values.length || selected.some(({ value }) => values.includes(value)));
}

// Returns the paths that a credential shows for a query, the fewest that will do; null where it does not answer it. Who stands behind
// an issuer is not known here, so a query that asks for it is not answered.
export function selectClaims(query: CredentialQuery, { format, types, claims }: Candidate): Path[] | null {
  if (format !== query.format || query.authorities) return null;
  if (query.types.length && !query.types.some((all) => all.every((type) => types.includes(type)))) return null;
  const chosen = query.options.find((option) => option.every((one) => isMet(one, claims)));
  return chosen ? chosen.map(({ path }) => path) : null;
}

export interface Needed {
  needed: string[]; // ids that a shortest answer uses
  optional: string[][]; // what may be added, set by set
  isSatisfiable: boolean;
}

// `there`: ids of the credential queries that something answers.
export function combination({ credentials, sets }: Query, there: Set<string>): Needed {
  const all = credentials.map(({ id }) => id);
  if (!sets.length) return { needed: all, optional: [], isSatisfiable: all.every((id) => there.has(id)) };
  const first = ({ options: ways }: CredentialSet): string[] | undefined => ways.find((way) => way.every((id) => there.has(id)));
  const required = sets.filter((one) => one.required).map(first);
  const needed = [...new Set(required.flatMap((way) => way ?? []))];
  const more = sets.filter((one) => !one.required).flatMap((one) => [first(one) ?? []]);
  return { needed, optional: more.map((way) => way.filter((id) => !needed.includes(id))).filter((way) => way.length), isSatisfiable: !required.includes(undefined) };
}
