// The view of the ways to open a vault: add a passkey, a PIN, another card; take a lost device away.
import { day, say, stamped, tell } from "./page.ts";
import type { JsonObject } from "./json.ts";
import { ask } from "./vault_api.ts";
import { deviceLabel, showCard } from "./vault_opening.ts";
import type { Session } from "./vault_session.ts";
import { focusHeading, stage, View } from "./vault_views.ts";
import { newPasskey } from "./vault_ways.ts";

const SHORTEST_PIN = 6;

export async function showWays(session: Session, show: (session: Session) => Promise<void>): Promise<void> {
  const view = stage("ways");
  focusHeading();
  const device = await session.device();
  view.reveal("own-device", !session.isShared);
  view.reveal("add-passkey", "PublicKeyCredential" in globalThis && !device.passkey);
  view.press("add-card", async () => {
    const before = (await session.ways()).filter(({ way }) => way.kind === "card");
    const words = await session.addCard(say("way.card"));
    showCard(words, async () => show(await session.changeKey(new Set(before.map(({ way }) => way.way)))));
  });
  view.press("add-helper", async () => {
    const words = await session.addHelper(say("way.helper"));
    showCard(words, () => show(session), "helper");
  });
  view.press("add-passkey", async () => {
    const secret = await newPasskey(say("passkey.name")).catch(() => null);
    if (!secret) return tell(say("passkey.without"));
    await session.addPasskey(secret, say("way.passkey"));
    await show(session);
  });
  view.submit("pin-form", async (form) => {
    const pin = (form.querySelector("input") as HTMLInputElement).value;
    const trouble = troubleOf(pin);
    if (trouble) return tell(say(trouble));
    await session.setPin(pin, say("way.pin.named", { device: deviceLabel() }));
    await show(session);
  });
  await list(view, session, show);
}

// Returns which words say why a PIN is not taken.
export function troubleOf(pin: string): string {
  if ([...pin].length < SHORTEST_PIN) return "pin.short";
  const steps = new Set([...pin].slice(1).map((letter, place) => (letter.codePointAt(0) as number) - (pin.codePointAt(place) as number)));
  return steps.size === 1 && Math.abs([...steps][0] as number) <= 1 ? "pin.simple" : "";
}

async function list(view: View, session: Session, show: (session: Session) => Promise<void>): Promise<void> {
  const labels = new Map((await session.ways()).map(({ way }) => [way.way, way]));
  const { ways } = await ask("/ways", { access: await session.access() });
  const device = await session.device();
  const rows = (ways as JsonObject[]).map((way) => {
    const row = new View(stamped("piece", "way") as HTMLElement);
    const id = String(way.id);
    const isHere = id === device.own?.way || id === device.pin?.way;
    row.write("label", (labels.get(id)?.label ?? say(`way.${String(way.kind)}`)) + (isHere ? ` ${say("way.here")}` : ""));
    row.write("used", say("way.used", { created: day(Date.parse(String(way.created_on))), date: day(Date.parse(String(way.used_on))) }));
    row.reveal("locked", way.tries_left === 0);
    row.reveal("take-away", way.kind !== "card" && !isHere);
    row.press("take-away", async () => {
      await show(await session.changeKey(new Set([id])));
      tell(say("way.taken-away"));
    });
    return row.root;
  });
  view.find("list").replaceChildren(...rows);
}
