// Codes in pictures, read in this browser with a reader from our own server. A fold or a stain that hides a code at one size may not
// at another: what shows nothing at first is looked at again, as `verifier/decoding.py` does.
// `frame` is the number of a camera's frame: of those, one other look each; of a picture, all.
export type Read = (picture: HTMLCanvasElement | Blob, frame?: number) => Promise<string[]>;
type Binarizer = "LocalAverage" | "GlobalHistogram";

const WASM = "/static/vendor/zxing/";
const MOST_PIXELS = 4_000_000;
const AGAIN: [scale: number, blur: number, binarizer: Binarizer][] = [
  [0.6, 0, "LocalAverage"],
  [0.7, 0, "GlobalHistogram"],
  [0.8, 0, "LocalAverage"],
  [1, 2.5, "GlobalHistogram"],
  [1, 4, "GlobalHistogram"],
  [0.4, 0, "LocalAverage"],
  [0.5, 0, "LocalAverage"],
];

export async function reader(): Promise<Read> {
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  prepareZXingModule({ overrides: { locateFile: (name: string) => WASM + name } });
  const read = async (picture: ImageData | Blob, binarizer: Binarizer = "LocalAverage"): Promise<string[]> =>
    (await readBarcodes(picture, { formats: ["QRCode"], binarizer })).map(({ text }) => text.trim()).filter(Boolean);
  return async (picture, frame) => {
    let texts = await read(picture instanceof Blob ? picture : pixels(picture));
    if (texts.length) return texts;
    const shown = picture instanceof Blob ? await createImageBitmap(picture) : picture;
    for (const [scale, blur, binarizer] of frame === undefined ? AGAIN : AGAIN.slice(frame % AGAIN.length).slice(0, 1)) {
      texts = await read(coarser(shown, scale, blur), binarizer);
      if (texts.length) break;
    }
    return texts;
  };
}

function pixels(canvas: HTMLCanvasElement): ImageData {
  return (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height);
}

// Returns a picture made smaller (of a large one: from what four megapixels show of it), or blurred where this browser can.
function coarser(picture: HTMLCanvasElement | ImageBitmap, scale: number, blur: number): ImageData {
  const most = scale * Math.min(1, Math.sqrt(MOST_PIXELS / (picture.width * picture.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * most));
  canvas.height = Math.max(1, Math.round(picture.height * most));
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  if (blur) context.filter = `blur(${blur}px)`;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return pixels(canvas);
}
