// QR symbols (ISO/IEC 18004), level M, up to version 10: each segment in the densest mode that holds it.
import { utf8 } from "./bytes.ts";

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
// version: codewords, those of them that correct errors in each block, blocks
const CAPACITIES = [[26, 10, 1], [44, 16, 1], [70, 26, 1], [100, 18, 2], [134, 24, 2], [172, 16, 4], [196, 18, 4], [242, 22, 4], [292, 22, 5], [346, 26, 5]] as const;
const ALIGNMENTS = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]] as const;
const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

type Cells = (boolean | null)[][]; // by row; null where the data go

// Returns the symbol's rows, dark as true, without the quiet zone. Raises RangeError when the text is too long.
export function symbol(segments: string[]): boolean[][] {
  for (let version = 1; version <= CAPACITIES.length; version++) {
    const bits = segments.filter(Boolean).map((text) => segment(text, version)).join("");
    const [total, correction, blocks] = CAPACITIES[version - 1] as (typeof CAPACITIES)[number];
    if (bits.length <= (total - correction * blocks) * 8) return drawn(version, woven(bits, total, correction, blocks));
  }
  throw new RangeError("the text is too long for a code");
}

function binary(value: number, length: number): string {
  return value.toString(2).padStart(length, "0");
}

function segment(text: string, version: number): string {
  const long = version > 9;
  if (/^[0-9]+$/.test(text)) {
    const groups = text.match(/.{1,3}/g) ?? [];
    return `0001${binary(text.length, long ? 12 : 10)}${groups.map((digits) => binary(Number(digits), digits.length * 3 + 1)).join("")}`;
  }
  if ([...text].every((letter) => ALPHANUMERIC.includes(letter))) {
    const groups = text.match(/.{1,2}/g) ?? [];
    const value = (pair: string): number => [...pair].reduce((sum, letter) => sum * 45 + ALPHANUMERIC.indexOf(letter), 0);
    return `0010${binary(text.length, long ? 11 : 9)}${groups.map((pair) => binary(value(pair), pair.length === 2 ? 11 : 6)).join("")}`;
  }
  const bytes = utf8(text);
  return `0100${binary(bytes.length, long ? 16 : 8)}${[...bytes].map((byte) => binary(byte, 8)).join("")}`;
}

// Fills the data up, splits them into blocks, adds each block's correction, and takes a byte of each block in turn.
function woven(bits: string, total: number, correction: number, blocks: number): number[] {
  const room = (total - correction * blocks) * 8;
  const ended = bits + "0".repeat(Math.min(4, room - bits.length));
  const whole = ended + "0".repeat(-ended.length & 7);
  const data = (whole.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  for (let pad = 0xec; data.length < room / 8; pad ^= 0xec ^ 0x11) data.push(pad);
  const short = blocks - (total % blocks);
  const parts: number[][] = [];
  for (let block = 0, start = 0; block < blocks; block++) {
    const end = start + Math.floor(total / blocks) - correction + (block < short ? 0 : 1);
    parts.push(data.slice(start, end));
    start = end;
  }
  const corrections = parts.map((part) => corrected(part, correction));
  const longest = Math.max(...parts.map((part) => part.length));
  const inTurn = (rows: number[][], length: number): number[] =>
    Array.from({ length }, (_, place) => rows.map((row) => row[place])).flat().filter((byte) => byte !== undefined);
  return [...inTurn(parts, longest), ...inTurn(corrections, correction)];
}

function times(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((other >> bit) & 1) * one);
  return product;
}

function corrected(data: number[], degree: number): number[] {
  const divisor = new Array<number>(degree).fill(0);
  divisor[degree - 1] = 1;
  for (let power = 0, root = 1; power < degree; power++, root = times(root, 2)) {
    for (let place = 0; place < degree; place++) divisor[place] = times(divisor[place] as number, root) ^ (divisor[place + 1] ?? 0);
  }
  const rest = new Array<number>(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() as number);
    rest.push(0);
    for (let place = 0; place < degree; place++) rest[place] = (rest[place] as number) ^ times(divisor[place] as number, factor);
  }
  return rest;
}

function drawn(version: number, codewords: number[]): boolean[][] {
  const frame = patterns(version);
  const filled = MASKS.map((_, mask) => finished(frame, version, codewords, mask));
  return filled.reduce((best, other) => (burden(other) < burden(best) ? other : best));
}

function patterns(version: number): Cells {
  const size = version * 4 + 17;
  const cells: Cells = Array.from({ length: size }, () => new Array<boolean | null>(size).fill(null));
  const set = (x: number, y: number, dark: boolean): void => {
    if (cells[y]?.[x] !== undefined) (cells[y] as boolean[])[x] = dark;
  };
  for (let place = 0; place < size; place++) for (const [x, y] of [[6, place], [place, 6]] as const) set(x, y, place % 2 === 0);
  for (const [left, top] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) {
    for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) set(left + dx, top + dy, ![2, 4].includes(Math.max(Math.abs(dx), Math.abs(dy))));
  }
  const places = ALIGNMENTS[version - 1] as readonly number[];
  const last = places.length - 1;
  for (const [row, y] of places.entries()) {
    for (const [column, x] of places.entries()) {
      if ((row === 0 && (column === 0 || column === last)) || (row === last && column === 0)) continue;
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
    }
  }
  if (version >= 7) numbered(version, size, set);
  written(0, size, set); // keeps the places of the format free of data
  return cells;
}

function numbered(version: number, size: number, set: (x: number, y: number, dark: boolean) => void): void {
  let rest = version;
  for (let round = 0; round < 12; round++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let place = 0; place < 18; place++) {
    const [far, near] = [size - 11 + (place % 3), Math.floor(place / 3)];
    for (const [x, y] of [[far, near], [near, far]] as const) set(x, y, ((bits >> place) & 1) === 1);
  }
}

// Level M is 0 in the format.
function written(mask: number, size: number, set: (x: number, y: number, dark: boolean) => void): void {
  let rest = mask;
  for (let round = 0; round < 10; round++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;
  for (let place = 0; place < 15; place++) {
    const dark = ((bits >> place) & 1) === 1;
    if (place < 8) set(8, place < 6 ? place : place + 1, dark);
    else set(place < 9 ? 7 : 14 - place, 8, dark);
    if (place < 8) set(size - 1 - place, 8, dark);
    else set(8, size - 15 + place, dark);
  }
  set(8, size - 8, true);
}

function finished(frame: Cells, version: number, codewords: number[], mask: number): boolean[][] {
  const size = version * 4 + 17;
  const cells = frame.map((row) => [...row]);
  const isMasked = MASKS[mask] as (x: number, y: number) => boolean;
  let place = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      for (const x of [right, right - 1]) {
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        if (cells[y]?.[x] !== null) continue;
        const dark = ((((codewords[place >> 3] ?? 0) >> (7 - (place & 7))) & 1) === 1) !== isMasked(x, y);
        (cells[y] as boolean[])[x] = dark;
        place += 1;
      }
    }
  }
  written(mask, size, (x, y, dark) => ((cells[y] as boolean[])[x] = dark));
  return cells as boolean[][];
}

// How hard a symbol is to read: long runs of one colour, blocks of it, what looks like a corner, too much of one colour.
function burden(rows: boolean[][]): number {
  const lines = [...rows, ...rows.map((_, x) => rows.map((row) => row[x] as boolean))].map((line) => line.map(Number).join(""));
  let sum = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
    for (const pattern of [/(?=00001011101)/g, /(?=10111010000)/g]) sum += 40 * (line.match(pattern) ?? []).length;
  }
  const dark = rows.flat().filter(Boolean).length / rows.length ** 2;
  for (let y = 1; y < rows.length; y++) for (let x = 1; x < rows.length; x++) if (isBlock(rows, x, y)) sum += 3;
  return sum + 10 * Math.floor(Math.abs(dark * 20 - 10));
}

function isBlock(rows: boolean[][], x: number, y: number): boolean {
  const dark = rows[y]?.[x];
  return rows[y]?.[x - 1] === dark && rows[y - 1]?.[x] === dark && rows[y - 1]?.[x - 1] === dark;
}
