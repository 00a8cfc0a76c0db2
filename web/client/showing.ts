// An answer on the page: the banner, the five answers, and of a genuine certificate what it says. Texts only, never HTML.
import { object } from "./claims.ts";
import { countStep } from "./endorsements.ts";
import type { JsonObject } from "./json.ts";
import type { Lists } from "./lists.ts";
import { day, language, part, plain, say, stamped } from "./page.ts";
import { saysOf } from "./says.ts";
import { sentenceOf, valuesOf, type Values } from "./sentences.ts";
import type { Verdict } from "./verdict.ts";

export interface Shown {
  headline: string;
  name: string;
}

export function show(found: Verdict, lists: Lists): Shown {
  const issuer = lists.files.issuers?.find(({ record }) => record.did === object(found.document?.issuer).id);
  const values = valuesOf(found, issuer, lists);
  const headline = say(`verdict.${found.verdict}`, values);
  banner(found, headline, say(`verdict.${sentenceOf(found)}`, values));
  const name = card(found, values, lists);
  answers(found, values, name);
  for (const [question, { key, values: told }] of Object.entries(saysOf(found, values, lists))) part(`says-${question}`).textContent = say(`say.${key}`, told);
  const [number, good] = found.beside.map(String) as [string, string];
  part("beside-said").textContent = found.beside[0] ? say("beside", { n: number, good }) : "";
  for (const [place, hidden] of Object.entries({ result: false, intro: true })) part(place).hidden = hidden;
  part("verdict").focus();
  return { headline, name };
}

export function hide(): void {
  for (const [place, hidden] of Object.entries({ result: true, intro: false })) part(place).hidden = hidden;
}

function banner({ verdict }: Verdict, headline: string, sentence: string): void {
  const look = stamped("look", verdict);
  const place = part("banner");
  place.className = `verdict verdict--${look?.dataset.style ?? "unknown"}`;
  place.querySelector("svg")?.remove();
  place.prepend(...(look?.childNodes ?? []));
  part("verdict").textContent = headline;
  part("sentence").textContent = look?.dataset.style === "unknown" ? `${sentence} ${say("not-a-no")}` : sentence;
}

function certifiedBy({ certified }: Verdict, lists: Lists): string {
  if (!certified?.endorsements.length) return "";
  const names = certified.certified.map((code) => plain(lists.parties.find((party) => party.code === code)?.names));
  const { code, params } = countStep(certified);
  return `${new Intl.ListFormat(language).format(names)}. ${say(code, params)}`;
}

function card(found: Verdict, values: Values, lists: Lists): string {
  const { document: shown, asOf } = found;
  const subject = object(shown?.credentialSubject);
  const entries = Array.isArray(subject.name) ? subject.name.map(object) : [];
  part("card").hidden = !shown;
  part("not-shown").hidden = Boolean(shown);
  part("names").replaceChildren(...entries.map(nameLine));
  const facts: Values = {
    title: values.title ?? "",
    centre: values.centre ?? "",
    on: typeof shown?.awardedDate === "string" ? day(Date.parse(shown.awardedDate)) : "",
    number: plain(subject.licenseNumber),
    certified: certifiedBy(found, lists),
    counts: [values.local, values.conditions].filter(Boolean).join(" · "),
  };
  for (const [fact, text] of Object.entries(facts)) {
    part(fact).textContent = text;
    (part(fact).closest("div") as HTMLElement).hidden = !text;
  }
  part("as-of").textContent = asOf === undefined ? say("no-status") : say("as-of", { date: day(asOf) });
  return plain(entries[0]?.["@value"]);
}

function nameLine(entry: JsonObject, place: number): HTMLElement {
  const line = document.createElement("p");
  line.className = place ? "who__alt" : "who__name";
  line.lang = plain(entry["@language"]);
  line.dir = "auto";
  line.textContent = plain(entry["@value"]);
  return line;
}

function answers({ answers: given, verdict, state }: Verdict, values: Values, name: string): void {
  for (const [question, answer] of Object.entries(given)) part(`answer-${question}`).replaceChildren(stamped("tag", answer) ?? "");
  part("asked-recognised").textContent = say(state ? "recognised-in" : "recognised", values);
  const asked = given["same-person"] === "you-check";
  part("same-person").hidden = !asked;
  part("compare").textContent = asked ? say("compare", { name }) : say(verdict === "forged" ? "not-asked" : "not-asked-yet");
}
