// The lines at the foot of a passport or identity card (ICAO 9303), typed by whoever holds it, beside the name on a certificate.
// They are compared here and kept nowhere; what to make of a difference is for people to say.
export interface Travel {
  name: string;
  whole: boolean; // whether every check digit fits: a slip of the hand is told from another name
  mark: string; // number, day of birth, last day, as a commitment to the passport spells them
}

export type Likeness = "same" | "part" | "differs";

interface Form {
  lines: number;
  length: number;
  name: [number, number]; // line and place
  mark: [number, number, number][]; // line, first, and the place behind the last
  checked: [number, number, number][]; // line, first, and the place of the check digit
  over: [number, number, number][]; // line, first, and the place behind the last of what the last check digit is over
  last: [number, number]; // its line and place
}

const SECOND: Form["mark"] = [[1, 0, 9], [1, 13, 19], [1, 21, 27]];
const THIRD: Form["mark"] = [[0, 5, 14], [1, 0, 6], [1, 8, 14]];
const FORMS: Form[] = [
  { lines: 2, length: 44, name: [0, 5], mark: SECOND, checked: SECOND, over: [[1, 0, 10], [1, 13, 20], [1, 21, 43]], last: [1, 43] },
  { lines: 2, length: 36, name: [0, 5], mark: SECOND, checked: SECOND, over: [[1, 0, 10], [1, 13, 20], [1, 21, 35]], last: [1, 35] },
  { lines: 3, length: 30, name: [2, 0], mark: THIRD, checked: THIRD, over: [[0, 5, 30], [1, 0, 7], [1, 8, 15], [1, 18, 29]], last: [1, 29] },
];
const WEIGHTS = [7, 3, 1];
// Letters that passports spell with two, beside those that only lose their marks.
const SPELT: { [letter: string]: string } = {
  Ä: "AE", Ö: "OE", Ü: "UE", ß: "SS", ẞ: "SS", Æ: "AE", Œ: "OE", Ø: "OE", Å: "AA", Þ: "TH", Ð: "D", Đ: "D", Ł: "L", Ħ: "H", Ŋ: "N", Ŧ: "T", ı: "I", İ: "I", Ñ: "N",
};

export function parseTravel(text: string): Travel | null {
  const lines = text.toUpperCase().replace(/[«‹]/g, "<").split("\n").map((line) => line.replace(/\s/g, "")).filter(Boolean);
  const form = formOf(lines);
  if (!form || !lines.every((line) => /^[A-Z0-9<]+$/.test(line))) return null;
  const [line, place] = form.name;
  const [surname = "", given = ""] = (lines[line] as string).slice(place).split("<<");
  const whole = isWhole(lines, form);
  const mark = form.mark.map(([at, first, end]) => (lines[at] as string).slice(first, end).replaceAll("<", "")).join("");
  return { name: [given, surname].map((part) => part.replaceAll("<", " ").trim()).filter(Boolean).join(" "), whole, mark };
}

function formOf(lines: string[]): Form | undefined {
  return FORMS.find(({ lines: count, length }) => lines.length === count && lines.every((line) => line.length === length));
}

function isWhole(lines: string[], { checked }: Form): boolean {
  return checked.every(([at, first, check]) => digit((lines[at] as string).slice(first, check)) === (lines[at] as string)[check]);
}

// Tells whether every check digit fits, that over the others too: what a camera read has to.
export function isConfirmed(lines: string[]): boolean {
  const form = formOf(lines);
  if (!form || !isWhole(lines, form)) return false;
  const whole = form.over.map(([at, first, end]) => (lines[at] as string).slice(first, end)).join("");
  return digit(whole) === lines[form.last[0]]?.[form.last[1]];
}

function digit(text: string): string {
  const values = [...text].map((letter) => (letter === "<" ? 0 : parseInt(letter, 36)));
  return String(values.reduce((sum, value, place) => sum + value * (WEIGHTS[place % 3] as number), 0) % 10);
}

// Tells whether two names have the same words, in any order. Passports cut long names short, so that one may begin another.
export function likeness(passport: string, certificate: string): Likeness {
  const spellings = [wordsOf(certificate, true), wordsOf(certificate, false)];
  const shown = wordsOf(passport, false);
  if (spellings.some((words) => words.join(" ") === shown.join(" "))) return "same";
  const shared = spellings.some((words) => words.some((word) => shown.includes(word)));
  return shared ? "part" : "differs";
}

function wordsOf(name: string, spelt: boolean): string[] {
  const upper = name.normalize("NFC").toUpperCase();
  const written = spelt ? [...upper].map((letter) => SPELT[letter] ?? letter).join("") : upper;
  const plain = written.normalize("NFD").replace(/\p{M}/gu, "").replace(/['’ʼ`]/g, "");
  return plain.split(/[^A-ZÆŒØÞÐĐŁĦŊŦ]+/).filter(Boolean).sort();
}
