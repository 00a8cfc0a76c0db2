// The camera, its light, and why there may be none.
import { reader, type Read } from "./reading.ts";

export { reader };
const PAUSE = 120;

// Looks at the camera until `found` says that it has seen enough, or the signal stops it. `started` gets the track, which may have a light.
export async function watch(
  video: HTMLVideoElement,
  found: (texts: string[]) => Promise<boolean>,
  started: (track: MediaStreamTrack) => void,
  signal: AbortSignal,
  reading: () => Promise<Read> = reader,
): Promise<void> {
  const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    started(stream.getVideoTracks()[0] as MediaStreamTrack);
    await look(video, await reading(), found, signal);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function look(video: HTMLVideoElement, read: Read, found: (texts: string[]) => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  for (let frame = 0; !signal.aborted; frame++) {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    context.drawImage(video, 0, 0);
    const texts = await read(canvas, frame);
    if (signal.aborted || (await found(texts))) return;
    await new Promise((next) => setTimeout(next, PAUSE));
  }
}

export function hasLight(track: MediaStreamTrack): boolean {
  return Boolean((track.getCapabilities?.() as { torch?: boolean } | undefined)?.torch);
}

export async function light(track: MediaStreamTrack, on: boolean): Promise<void> {
  await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
}

// Returns why there is no picture: the last part of a word of the page.
export function why(error: unknown): string {
  if (!isSecureContext) return "insecure";
  if (!(error instanceof Error) || !navigator.mediaDevices) return "absent";
  if (error.name === "NotAllowedError") return "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "absent";
  return error.name === "NotReadableError" || error.name === "AbortError" ? "busy" : "broken";
}
