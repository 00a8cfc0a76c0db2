// Finds rows of evenly spaced letters in a grey picture: the foot of a passport or identity card, lying within some 15 degrees of level.
export interface Grey {
  width: number;
  height: number;
  pixels: Uint8Array; // a byte for each, dark is 0
}

// A row of letters: the middle of letter n stands at (x, y)(n), polynomials of the second degree, since a tilted page is seen in perspective.
export interface Row {
  count: number;
  x: [number, number, number];
  y: [number, number, number];
}

interface Blot {
  left: number;
  right: number;
  top: number;
  bottom: number;
  area: number;
}

const LEAST_HEIGHT = 7; // pixels
const FEWEST = 22; // letters that a row must show
const DARKER = 0.86; // than the mean around it

export function rowsIn(picture: Grey): Row[] {
  const found = chains(blots(dark(picture), picture.width, picture.height).filter(isLetter)).flatMap((chain) => fitted(chain) ?? []);
  return found.sort((one, other) => at(one.y, one.count / 2) - at(other.y, other.count / 2));
}

export function at([whole, slope, bend]: [number, number, number], place: number): number {
  return whole + slope * place + bend * place * place;
}

// What is darker than the mean around it (Bradley and Roth, 2007).
function dark({ width, height, pixels }: Grey): Uint8Array {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0, row = 0; x < width; x++) {
      row += pixels[y * width + x] as number;
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] as number) + row;
    }
  }
  const reach = Math.max(8, Math.round(width / 60));
  const found = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - reach) * (width + 1), Math.min(height, y + reach + 1) * (width + 1)];
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
      const sum = (sums[bottom + right] as number) - (sums[top + right] as number) - (sums[bottom + left] as number) + (sums[top + left] as number);
      const mean = sum / ((right - left) * ((bottom - top) / (width + 1)));
      found[y * width + x] = (pixels[y * width + x] as number) < mean * DARKER ? 1 : 0;
    }
  }
  return found;
}

function blots(found: Uint8Array, width: number, height: number): Blot[] {
  const all: Blot[] = [];
  const stack: number[] = [];
  for (let start = 0; start < found.length; start++) {
    if (!found[start]) continue;
    const blot = { left: width, right: 0, top: height, bottom: 0, area: 0 };
    found[start] = 0;
    stack.push(start);
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      const [x, y] = [place % width, Math.floor(place / width)];
      blot.left = Math.min(blot.left, x);
      blot.right = Math.max(blot.right, x + 1);
      blot.top = Math.min(blot.top, y);
      blot.bottom = Math.max(blot.bottom, y + 1);
      blot.area++;
      for (let dy = y ? -1 : 0; dy <= (y < height - 1 ? 1 : 0); dy++) {
        for (let dx = x ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx++) {
          const next = place + dy * width + dx;
          if (!found[next]) continue;
          found[next] = 0;
          stack.push(next);
        }
      }
    }
    all.push(blot);
  }
  return all;
}

function isLetter({ left, right, top, bottom, area }: Blot): boolean {
  const [wide, high] = [right - left, bottom - top];
  return high >= LEAST_HEIGHT && wide >= high / 8 && wide <= high * 1.4 && area >= high;
}

const middle = ({ left, right }: Blot): number => (left + right) / 2;
const level = ({ top, bottom }: Blot): number => (top + bottom) / 2;
const tall = ({ top, bottom }: Blot): number => bottom - top;

// Letters of like height that follow one another at less than three times their height.
function chains(letters: Blot[]): Blot[][] {
  const sorted = letters.sort((one, other) => middle(one) - middle(other));
  const taken = new Set<Blot>();
  return sorted.flatMap((first, place) => {
    if (taken.has(first)) return [];
    const chain = [first];
    for (let last = first, slope = 0, next = place + 1; next < sorted.length; next++) {
      const one = sorted[next] as Blot;
      const far = middle(one) - middle(last);
      if (far > 3 * tall(last)) break;
      const off = level(one) - level(last) - slope * far;
      if (taken.has(one) || far < 0.4 * tall(last) || Math.abs(off) > 0.3 * tall(last) || Math.abs(tall(one) - tall(last)) > 0.35 * tall(last)) continue;
      chain.push(one);
      if (chain.length > 4) slope = slopeOf(chain.slice(-12));
      last = one;
    }
    if (chain.length < FEWEST) return [];
    for (const one of chain) taken.add(one);
    return [chain];
  });
}

function slopeOf(chain: Blot[]): number {
  const [first, last] = [chain[0] as Blot, chain.at(-1) as Blot];
  return (level(last) - level(first)) / (middle(last) - middle(first));
}

// Letters stand at even distances: each gets its number, and the row its curve.
function fitted(chain: Blot[]): Row | null {
  const gaps = chain.slice(1).map((one, place) => middle(one) - middle(chain[place] as Blot));
  let pitch = [...gaps].sort((one, other) => one - other)[Math.floor(gaps.length / 2)] as number;
  const places = [0];
  for (const gap of gaps) {
    const steps = Math.max(1, Math.round(gap / pitch));
    places.push((places.at(-1) as number) + steps);
    if (Math.abs(gap / steps - pitch) < 0.25 * pitch) pitch += 0.15 * (gap / steps - pitch);
  }
  const x = curve(places, chain.map(middle));
  const y = curve(places, chain.map(level));
  return x && y && x[1] > 0 ? { count: (places.at(-1) as number) + 1, x, y } : null;
}

// Least squares, and once more without what lies far off.
function curve(places: number[], values: number[]): [number, number, number] | null {
  const first = leastSquares(places, values);
  if (!first) return null;
  const off = places.map((place, number) => Math.abs(at(first, place) - (values[number] as number)));
  const most = 2.5 * ([...off].sort((one, other) => one - other)[Math.floor(off.length / 2)] as number) + 0.5;
  const kept = places.map((_, number) => number).filter((number) => (off[number] as number) <= most);
  return leastSquares(kept.map((number) => places[number] as number), kept.map((number) => values[number] as number)) ?? first;
}

function leastSquares(places: number[], values: number[]): [number, number, number] | null {
  const rows = [0, 1, 2].map((row) => [0, 1, 2].map((column) => places.reduce((sum, place) => sum + place ** (row + column), 0)));
  const right = [0, 1, 2].map((row) => places.reduce((sum, place, number) => sum + place ** row * (values[number] as number), 0));
  const whole = determinant(rows);
  if (!whole) return null;
  const part = (column: number): number => determinant(rows.map((row, place) => row.map((value, other) => (other === column ? (right[place] as number) : value)))) / whole;
  return [part(0), part(1), part(2)];
}

function determinant(rows: number[][]): number {
  const [[a, b, c], [d, e, f], [g, h, i]] = rows as [[number, number, number], [number, number, number], [number, number, number]];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}
