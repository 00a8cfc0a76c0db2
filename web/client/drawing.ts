// Draws a code on the page, quiet zone included.
import { symbol } from "./symbol.ts";

const QUIET = 2; // the style sheet pads the rest

export function drawCode(place: SVGElement, segments: string[]): void {
  const modules = symbol(segments);
  const path = modules.flatMap((line, row) => line.flatMap((dark, column) => (dark ? [`M${column + QUIET} ${row + QUIET}h1v1h-1z`] : []))).join("");
  const side = modules.length + 2 * QUIET;
  place.setAttribute("viewBox", `0 0 ${side} ${side}`);
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path);
  place.replaceChildren(drawn);
}
