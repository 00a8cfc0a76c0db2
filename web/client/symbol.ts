// Small QR symbols for screens (ISO/IEC 18004): versions 1 to 6 at error correction M, in the modes that a text's parts need. The
// mask is always the first: what we show is random enough.
import { MalformedValue } from "./problems.ts";

export type Segment = ["numeric" | "alphanumeric" | "byte", string];

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const MODES = { numeric: [1, 10], alphanumeric: [2, 9], byte: [4, 8] } as const; // indicator, bits of the count
// Of each version at M: bytes of error correction in a block, blocks, bytes of data in a block.
const BLOCKS = [[10, 1, 16], [16, 1, 28], [26, 1, 44], [18, 2, 32], [24, 2, 43], [16, 4, 27]] as const;
const FORMAT = 0b101010000010010; // level M, mask 0, with its own error correction and mask (§7.9)
const DARK = 1;

// Returns rows of modules, without the quiet zone: true is dark.
export function symbol(segments: Segment[]): boolean[][] {
  const bits = segments.filter(([, text]) => text).map(spelt).join("");
  const version = 1 + BLOCKS.findIndex(([, blocks, data]) => bits.length <= blocks * data * 8);
  if (!version) throw new MalformedValue("this is more than a small code holds");
  const [correction, blocks, data] = BLOCKS[version - 1] as (typeof BLOCKS)[number];
  const content = padded(bits, blocks * data);
  const parts = Array.from({ length: blocks }, (_, place) => content.slice(place * data, (place + 1) * data));
  const corrections = parts.map((part) => remainder(part, correction));
  const woven = [...weave(parts), ...weave(corrections)];
  return drawn(version, woven);
}

function spelt([mode, text]: Segment): string {
  const [indicator, size] = MODES[mode];
  const bytes = new TextEncoder().encode(text);
  const count = mode === "byte" ? bytes.length : text.length;
  return bit(indicator, 4) + bit(count, size) + { numeric: digits, alphanumeric: letters, byte: () => [...bytes].map((byte) => bit(byte, 8)).join("") }[mode](text);
}

function digits(text: string): string {
  return (text.match(/[0-9]{1,3}/g) ?? []).map((group) => bit(Number(group), group.length * 3 + 1)).join("");
}

function letters(text: string): string {
  const values = [...text].map((letter) => LETTERS.indexOf(letter));
  if (values.includes(-1)) throw new MalformedValue("this letter stands in no alphanumeric code");
  return (text.match(/.{1,2}/g) ?? []).map((_, place) => values.slice(place * 2, place * 2 + 2)).map(([one = 0, two]) => (two === undefined ? bit(one, 6) : bit(one * 45 + two, 11))).join("");
}

function bit(number: number, length: number): string {
  return number.toString(2).padStart(length, "0");
}

function padded(bits: string, length: number): number[] {
  const ended = bits + "0".repeat(Math.min(4, length * 8 - bits.length));
  const whole = ended.padEnd(Math.ceil(ended.length / 8) * 8, "0");
  const bytes = (whole.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  for (let place = 0; bytes.length < length; place++) bytes.push(place % 2 ? 0x11 : 0xec);
  return bytes;
}

// Multiplies in the field of 256 elements that the symbols use (x^8 + x^4 + x^3 + x^2 + 1).
function times(one: number, other: number): number {
  let product = 0;
  for (let place = 7; place >= 0; place--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((other >> place) & 1) * one);
  return product;
}

function remainder(data: number[], count: number): number[] {
  let divisor = [1];
  for (let place = 0, root = 1; place < count; place++, root = times(root, 2)) {
    divisor = [...divisor, 0].map((term, at) => term ^ (at ? times(divisor[at - 1] as number, root) : 0));
  }
  const rest = [...data, ...Array<number>(count).fill(0)];
  for (const at of data.keys()) {
    const factor = rest[at] as number;
    divisor.forEach((term, place) => (rest[at + place] = (rest[at + place] as number) ^ times(term, factor)));
  }
  return rest.slice(data.length);
}

function weave(parts: number[][]): number[] {
  return (parts[0] as number[]).flatMap((_, place) => parts.map((part) => part[place] as number));
}

function drawn(version: number, content: number[]): boolean[][] {
  const side = 17 + 4 * version;
  const grid = Array.from({ length: side }, () => Array<number | undefined>(side).fill(undefined));
  const set = (row: number, column: number, dark: boolean): void => {
    if (row >= 0 && column >= 0 && row < side && column < side) (grid[row] as (number | undefined)[])[column] = dark ? DARK : 0;
  };
  const square = (row: number, column: number, reach: number, dark: (ring: number) => boolean): void => {
    for (let y = -reach; y <= reach; y++) for (let x = -reach; x <= reach; x++) set(row + y, column + x, dark(Math.max(Math.abs(x), Math.abs(y))));
  };
  for (let place = 8; place < side - 8; place++) for (const [row, column] of [[6, place], [place, 6]] as const) set(row, column, place % 2 === 0);
  for (const [row, column] of [[3, 3], [3, side - 4], [side - 4, 3]] as const) square(row, column, 4, (ring) => ring < 2 || ring === 3);
  if (version > 1) square(side - 7, side - 7, 2, (ring) => ring !== 1);
  for (let place = 0; place < 15; place++) {
    const dark = ((FORMAT >> place) & 1) === 1;
    set(place < 6 ? place : place < 8 ? place + 1 : side - 15 + place, 8, dark);
    set(8, place < 8 ? side - 1 - place : place < 9 ? 7 : 14 - place, dark);
  }
  set(side - 8, 8, true);
  fill(grid, content);
  return grid.map((line) => line.map((module) => module === DARK));
}

// Fills what is free in pairs of columns, up and down from the right, past the column of the timing pattern (§7.7.3).
function fill(grid: (number | undefined)[][], content: number[]): void {
  const side = grid.length;
  let place = 0;
  for (let right = side - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--;
    for (let step = 0; step < side; step++) {
      const row = up ? side - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (grid[row]?.[column] !== undefined) continue;
        const value = ((content[place >> 3] ?? 0) >> (7 - (place & 7))) & 1;
        (grid[row] as number[])[column] = value ^ Number((row + column) % 2 === 0);
        place++;
      }
    }
  }
}
