// The camera, and pictures: texts of the codes in them, read in this browser.
interface Code {
  text: string;
}
type Read = (picture: ImageData | Blob) => Promise<string[]>;

const READER = "/static/vendor/zxing/reader/index.js";
const WASM = "/static/vendor/zxing/";
const PAUSE = 120;

export async function reader(): Promise<Read> {
  const { prepareZXingModule, readBarcodes } = await import(/* @vite-ignore */ READER);
  prepareZXingModule({ overrides: { locateFile: (name: string) => WASM + name } });
  return async (picture) => ((await readBarcodes(picture, { formats: ["QRCode"] })) as Code[]).map(({ text }) => text.trim());
}

// Looks at the camera until `found` says that a text was taken, or the signal stops it.
export async function watch(video: HTMLVideoElement, found: (texts: string[]) => boolean, signal: AbortSignal): Promise<void> {
  const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    const read = await reader();
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
    while (!signal.aborted) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      context.drawImage(video, 0, 0);
      if (found(await read(context.getImageData(0, 0, canvas.width, canvas.height)))) return;
      await new Promise((next) => setTimeout(next, PAUSE));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
