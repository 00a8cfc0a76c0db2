// The page's parts and words: texts that the server wrote in the reader's language, and names as they may be shown.
import { isObject, type Json } from "./json.ts";

// Control characters, those that nobody sees, and those that turn the direction of what follows.
const HIDDEN = /[\p{Cc}\u061c\u115f\u1160\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]/gu;
const LONGEST = 300;

export const language = document.documentElement.lang;
const words = new Map([...document.querySelectorAll<HTMLElement>("[data-word]")].map((item) => [item.dataset.word, item.textContent ?? ""]));

export function part<T extends HTMLElement>(name: string): T {
  return document.querySelector<T>(`[data-${name}]`) as T;
}

// Returns what stands in a template, to be put into the page.
export function stamped(name: string, value: string): HTMLElement | null {
  const template = document.querySelector<HTMLTemplateElement>(`template[data-${name}="${value}"]`);
  return (template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined) ?? null;
}

export function say(name: string, values: { [name: string]: string } = {}): string {
  return (words.get(name) ?? name).replace(/\{(\w+)\}/g, (_, value: string) => values[value] ?? "");
}

// Returns a text of a credential or a list in the reader's language, without characters that mislead.
export function plain(value: Json | undefined): string {
  const text = isObject(value) ? (value[language] ?? value.en ?? Object.values(value)[0]) : value;
  return typeof text === "string" ? text.replace(HIDDEN, "").trim().slice(0, LONGEST) : "";
}

// Days as `8 May 2025`, and digits that every reader reads.
const locale = language === "en" ? "en-GB" : `${language}-u-nu-latn`;

export function day(moment: number | Date): string {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(moment);
}

export function hour(moment: number): string {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(moment);
}

export function days(number: number): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" }).format(number);
}

export function tell(text: string): void {
  part("status").textContent = text;
  part("status").hidden = !text;
}
