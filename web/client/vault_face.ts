// What of a certificate is shown to its holder: `wallet/cards.py` in the browser. A member that is missing or of another shape is left
// out: every certificate has a face.
import { object } from "./claims.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { language, plain } from "./page.ts";

export interface Words {
  value: string;
  language: string;
  direction: "ltr" | "rtl" | "auto";
}

export interface Face {
  kind: "training" | "work" | "decision";
  title: Words;
  centre: Words;
  names: Words[];
  awarded: number | null;
  until: number | null;
  began: number | null;
  finished: number | null;
  hours: number | null;
  number: string;
}

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ps", "sd", "ug", "ur", "yi", "dv", "ckb"]);
export const LATIN = /^[\p{Script=Latin}\P{L}]*$/u;

function words(value: Json | undefined): Words[] {
  if (typeof value === "string") return [{ value: plain(value), language: "", direction: "auto" }];
  if (Array.isArray(value)) return value.flatMap(words);
  if (!isObject(value) || typeof value["@value"] !== "string") return [];
  const tag = typeof value["@language"] === "string" ? plain(value["@language"]) : "";
  const written = value["@direction"];
  return [{ value: plain(value["@value"]), language: tag, direction: written === "rtl" || written === "ltr" ? written : directionOf(tag) }];
}

function directionOf(tag: string): Words["direction"] {
  const [base = "", ...more] = tag.split("-");
  return !base ? "auto" : RIGHT_TO_LEFT.has(base.toLowerCase()) && !more.includes("Latn") ? "rtl" : "ltr";
}

function forReader(choices: Words[]): Words | undefined {
  const inLanguage = (wanted: string): Words | undefined => choices.find(({ language: tag }) => tag.split("-")[0]?.toLowerCase() === wanted);
  return inLanguage(language) ?? inLanguage("en") ?? choices[0];
}

function first(value: Json | undefined): JsonObject {
  return object(Array.isArray(value) ? (value[0] ?? null) : value);
}

function moment(value: Json | undefined): number | null {
  const found = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(found) ? null : found;
}

export function faceOf(document: JsonObject): Face {
  const subject = first(document.credentialSubject);
  const achievement = first(subject.achievement);
  const isWork = !Object.keys(achievement).length;
  const about = isWork ? first(subject.workExperience) : achievement;
  const period = isWork ? about : subject;
  const types = Array.isArray(document.type) ? document.type.map(String) : [String(document.type)];
  const title = [about.name, about.roleName, document.name].map((value) => forReader(words(value))).find((found) => found !== undefined);
  const issuer = object(document.issuer);
  const by = typeof document.issuer === "string" ? document.issuer : String(issuer.id ?? "");
  const hours = /^PT([0-9]{1,5})H$/.exec(String(subject.volumeOfLearning ?? ""));
  return {
    kind: types.includes("RecognitionDecisionCredential") ? "decision" : isWork ? "work" : "training",
    title: title ?? { value: plain(types.at(-1)), language: "", direction: "auto" },
    centre: forReader(words(issuer.name)) ?? { value: plain(by), language: "", direction: "auto" },
    names: words(subject.name).sort((one, other) => Number(LATIN.test(one.value)) - Number(LATIN.test(other.value))),
    awarded: moment(document.awardedDate) ?? moment(document.validFrom),
    until: moment(document.validUntil),
    began: moment(period.startDate) ?? moment(period.activityStartDate),
    finished: moment(period.endDate) ?? moment(period.activityEndDate),
    hours: hours ? Number(hours[1]) : null,
    number: plain(subject.licenseNumber) || plain(document.id),
  };
}
