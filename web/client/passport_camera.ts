// The lines of a passport in a photo or before the camera: read on this device, and put where they could have been typed, to be looked at.
import { readMrz, type Grey } from "./mrz.ts";
import { part, say } from "./page.ts";
import type { Read } from "./reading.ts";
import { scan } from "./scanner.ts";

const MOST_PIXELS = 3_000_000;

export function listenForPassports(): void {
  part<HTMLInputElement>("passport-photo").addEventListener("change", (event) => {
    const [file] = (event.target as HTMLInputElement).files ?? [];
    if (file) void fromPhoto(file);
  });
  part("passport-camera").addEventListener("click", () => {
    let before = ""; // the line of the name has no check digit: two frames must agree
    void scan(async ([text = ""]) => {
      const isSure = Boolean(text) && text === before;
      before = text;
      if (isSure) taken(text);
      return isSure;
    }, async () => fromFrame);
    part("video").scrollIntoView({ block: "nearest" });
  });
}

async function fromPhoto(file: Blob): Promise<void> {
  part("passport-read").textContent = say("reading");
  const picture = await createImageBitmap(file).catch(() => null);
  taken(picture ? (readMrz(greyOf(picture))?.join("\n") ?? "") : "");
}

const fromFrame: Read = async (picture) => (picture instanceof HTMLCanvasElement ? [readMrz(greyOf(picture))?.join("\n") ?? ""] : []);

function taken(text: string): void {
  part("passport-read").textContent = say(text ? "passport.read" : "passport.unread");
  const typed = part<HTMLTextAreaElement>("passport");
  if (text) typed.value = text;
  typed.dispatchEvent(new Event("input"));
  typed.focus();
}

function greyOf(picture: ImageBitmap | HTMLCanvasElement): Grey {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (picture.width * picture.height)));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.floor(side * scale))) as [number, number];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = Uint8Array.from({ length: width * height }, (_, place) => {
    const [red, green, blue] = [data[place * 4] as number, data[place * 4 + 1] as number, data[place * 4 + 2] as number];
    return (red * 77 + green * 150 + blue * 29) >> 8;
  });
  return { width, height, pixels };
}
