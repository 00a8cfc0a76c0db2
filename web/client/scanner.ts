// The scanning part of the page: start and stop, the light, and what is said meanwhile.
import { hasLight, light, reader, watch, why } from "./camera.ts";
import { part, say, tell } from "./page.ts";
import type { Read } from "./reading.ts";

let looking: AbortController | null = null;

export async function scan(found: (texts: string[]) => Promise<boolean>, reading: () => Promise<Read> = reader): Promise<void> {
  looking?.abort();
  const mine = new AbortController();
  looking = mine;
  running(true);
  tell(say("looking"));
  try {
    await watch(part<HTMLVideoElement>("video"), found, offerLight, mine.signal, reading);
    if (mine.signal.aborted) ended(say("off"));
  } catch (error) {
    ended(say(`camera.${why(error)}`));
  }
  if (looking === mine) running(false);
}

export function stop(): void {
  looking?.abort();
}

function running(on: boolean): void {
  for (const name of ["video", "stop"]) part(name).hidden = !on;
  part("start").hidden = on;
  part("torch").hidden = true;
  if (on) part("stop").focus({ preventScroll: true });
}

// Without an answer the focus goes back to where it came from.
function ended(text: string): void {
  tell(text);
  running(false);
  part("start").focus({ preventScroll: true });
}

function offerLight(track: MediaStreamTrack): void {
  const button = part<HTMLButtonElement>("torch");
  button.hidden = !hasLight(track);
  button.setAttribute("aria-pressed", "false");
  button.onclick = async () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    await light(track, on);
    button.setAttribute("aria-pressed", String(on));
  };
}
