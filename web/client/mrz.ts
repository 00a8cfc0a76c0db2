// Reads the lines at the foot of a passport or identity card (ICAO 9303) from a grey picture. They are printed in OCR-B, in 37 letters at
// even distances; check digits stand among them, and what they do not confirm is not given. The line of the name has none: whoever
// asks compares two readings, or looks.
import { LETTERS } from "./mrz_letters.ts";
import { at, rowsIn, type Grey, type Row } from "./mrz_rows.ts";
import { isConfirmed } from "./passport.ts";

export type { Grey } from "./mrz_rows.ts";
const ACROSS = 12; // of a letter's cell, which is as wide as letters are apart
const DOWN = 16;
const SURE = 0.55; // the least likeness of a letter to the one that it is read as
const SHIFTS = [-0.12, -0.06, 0, 0.06, 0.12]; // of a cell, to where a letter may have slipped
const NAMES = "<ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";
const BOTH = NAMES + DIGITS;

interface Form {
  rows: number;
  length: number;
  allowed: (row: number, place: number) => string;
}

// For each form, which letters can stand where.
const DAYS = (start: number, place: number): string => (place === start + 7 ? "<FMX" : DIGITS);
const FORMS: Form[] = [
  { rows: 2, length: 44, allowed: (row, place) => (row ? second(place, 42) : NAMES) },
  { rows: 2, length: 36, allowed: (row, place) => (row ? second(place, 99) : NAMES) },
  { rows: 3, length: 30, allowed: (row, place) => (row === 2 ? NAMES : row ? third(place) : first(place)) },
];

function second(place: number, own: number): string {
  if (place < 9) return BOTH;
  if (place === 9) return DIGITS;
  if (place < 13) return NAMES;
  if (place < 28) return DAYS(13, place);
  if (place === own) return DIGITS + "<";
  return place === (own === 42 ? 43 : 35) ? DIGITS : BOTH;
}

function first(place: number): string {
  if (place < 5) return NAMES;
  return place === 14 ? DIGITS + "<" : BOTH;
}

function third(place: number): string {
  if (place < 15) return DAYS(0, place);
  if (place < 18) return NAMES;
  return place === 29 ? DIGITS : BOTH;
}

// Returns the lines, where every check digit confirms them; null for anything else.
export function readMrz(picture: Grey): string[] | null {
  const rows = rowsIn(picture);
  for (const form of FORMS) {
    for (let last = rows.length; last >= form.rows; last--) {
      const lines = readForm(picture, rows.slice(last - form.rows, last), form);
      if (lines) return lines;
    }
  }
  return null;
}

// A speck at either end may have been counted as a letter, and a letter at an end overlooked.
function readForm(picture: Grey, rows: Row[], form: Form): string[] | null {
  if (rows.some(({ count }) => Math.abs(count - form.length) > 3)) return null;
  const read = rows.map((row, number) => {
    const spare = row.count - form.length;
    const starts = spare === 0 ? [0, -1, 1] : Array.from({ length: Math.abs(spare) + 3 }, (_, place) => Math.min(spare, 0) - 1 + place);
    const tries = starts.map((start) => lineFrom(picture, row, start, form, number)).sort((one, other) => other.likeness - one.likeness);
    return tries[0] as Line;
  });
  const lines = read.map(({ text }) => text);
  return read.every(({ least }) => least >= SURE) && isConfirmed(lines) ? lines : null;
}

interface Line {
  text: string;
  likeness: number; // in the mean
  least: number;
}

function lineFrom(picture: Grey, row: Row, start: number, form: Form, number: number): Line {
  const found = Array.from({ length: form.length }, (_, place) => letterAt(picture, row, start + place, form.allowed(number, place)));
  const likenesses = found.map(({ likeness }) => likeness);
  return {
    text: found.map(({ letter }) => letter).join(""),
    likeness: likenesses.reduce((sum, one) => sum + one, 0) / found.length,
    least: Math.min(...likenesses),
  };
}

function letterAt(picture: Grey, row: Row, place: number, allowed: string): { letter: string; likeness: number } {
  let best = { letter: "<", likeness: -1 };
  for (const down of SHIFTS) {
    for (const across of SHIFTS) {
      const cell = cellAt(picture, row, place, across, down);
      for (const letter of cell ? allowed : "") {
        const likeness = product(cell as Float32Array, TEMPLATES.get(letter) as Float32Array);
        if (likeness > best.likeness) best = { letter, likeness };
      }
    }
  }
  return best;
}

// Samples a letter's cell along the row, as wide as letters are apart and a third higher; lightness and contrast are taken out.
function cellAt({ width, height, pixels }: Grey, { x, y }: Row, place: number, across: number, down: number): Float32Array | null {
  const [dx, dy] = [at(x, place + 0.5) - at(x, place - 0.5), at(y, place + 0.5) - at(y, place - 0.5)];
  const [left, top] = [at(x, place), at(y, place)];
  const cell = new Float32Array(ACROSS * DOWN);
  for (let row = 0; row < DOWN; row++) {
    for (let column = 0; column < ACROSS; column++) {
      const right = (column + 0.5) / ACROSS - 0.5 + across;
      const below = (row + 0.5) / ACROSS - DOWN / ACROSS / 2 + down;
      const [px, py] = [left + right * dx - below * dy - 0.5, top + right * dy + below * dx - 0.5];
      const [ix, iy] = [Math.floor(px), Math.floor(py)];
      if (ix < 0 || iy < 0 || ix + 1 >= width || iy + 1 >= height) return null;
      const [fx, fy, corner] = [px - ix, py - iy, iy * width + ix];
      const above = (pixels[corner] as number) * (1 - fx) + (pixels[corner + 1] as number) * fx;
      const under = (pixels[corner + width] as number) * (1 - fx) + (pixels[corner + width + 1] as number) * fx;
      cell[row * ACROSS + column] = above * (1 - fy) + under * fy;
    }
  }
  return levelled(cell);
}

function levelled(cell: Float32Array): Float32Array {
  const mean = cell.reduce((sum, value) => sum + value, 0) / cell.length;
  const centred = cell.map((value) => value - mean);
  const length = Math.sqrt(product(centred, centred)) || 1;
  return centred.map((value) => value / length);
}

function product(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let place = 0; place < one.length; place++) sum += (one[place] as number) * (other[place] as number);
  return sum;
}

const TEMPLATES = new Map(Object.entries(LETTERS).map(([letter, dots]) => [letter, levelled(Float32Array.from(dots, (dot) => Number(dot)))]));
