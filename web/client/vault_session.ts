// The vault that is open on this page, and how this device opens it.
import { base64url, fromBase64url, type Bytes } from "./bytes.ts";
import type { JsonObject } from "./json.ts";
import { ask, Refused, Unreachable } from "./vault_api.ts";
import { accessOf, newVault, random, type Vault } from "./vault_keys.ts";
import { forget, inMemory, onDevice, type Shelf } from "./vault_store.ts";
import { Records } from "./vault_sync.ts";
import { deviceSecret, helperKey, helperLocator, newWay, pinKey, secretOf, stretchedPin, unwrap, wrapFor, type Kind, type Pair, type Secret, type Way } from "./vault_ways.ts";
import { CODE_BYTES, toWords } from "./vault_words.ts";

const DEVICE = "vault device";
const WRAP = "vault wrap ";
export const DAYS_WITHOUT_SERVER = 30;

// What a device remembers of how it opens a vault. With neither, the card is asked for.
export interface Device {
  vault: string;
  own?: { way: string; secret: Secret }; // opens by itself
  pin?: { way: string; secret: Bytes };
  passkey?: boolean;
}

// What a way of another device, or of this one, is called in the vault.
export interface WayRecord extends Pair {
  label: string;
}

interface Opening {
  vault: string;
  way: string;
  wrap: string;
  pepper?: string;
}

export class Session {
  readonly records: Records;
  readonly isShared: boolean;

  constructor(vault: Vault, shelf: Shelf, isShared: boolean) {
    this.records = new Records(vault, shelf);
    this.isShared = isShared;
  }

  get vault(): Vault {
    return this.records.vault;
  }

  access(): Promise<string> {
    return accessOf(this.vault);
  }

  async device(): Promise<Device> {
    return (await this.records.shelf.get<Device>(DEVICE)) ?? { vault: this.vault.id };
  }

  async keepDevice(device: Device): Promise<void> {
    await this.records.shelf.put([[DEVICE, device]]);
  }

  // Makes a way known to the server, and its key pair to the vault.
  async addWay(way: Way, label: string, more: JsonObject = {}): Promise<void> {
    const { pair, wrap, locator } = way;
    await ask("/ways", { method: "POST", access: await this.access(), body: { id: pair.way, kind: pair.kind, locator, wrap, ...more } });
    await this.noteWay(pair, label);
  }

  async noteWay(pair: Pair, label: string): Promise<void> {
    await this.records.put({ ...pair, kind: "way", type: pair.kind, label });
  }

  async ways(): Promise<{ id: string; way: WayRecord }[]> {
    const found = (await this.records.all()).filter(({ content }) => content.kind === "way");
    return found.map(({ id, content }) => ({ id, way: { ...(content as unknown as WayRecord), kind: content.type as Kind } }));
  }

  // Lets this device open the vault by itself from now on.
  async trustDevice(label: string): Promise<void> {
    const secret = await deviceSecret();
    const way = await newWay(this.vault, "device", secret);
    await this.addWay(way, label);
    await this.#keepWrap(way);
    await this.keepDevice({ vault: this.vault.id, own: { way: way.pair.way, secret } });
  }

  // From now on this device asks for a PIN, or a passkey, instead of opening by itself; an older PIN ends.
  async #askFor(change: Pick<Device, "pin" | "passkey">): Promise<void> {
    const { own, ...before } = await this.device();
    for (const old of [own, change.pin && before.pin]) {
      if (!old) continue;
      await ask(`/ways/${old.way}`, { method: "DELETE", access: await this.access() }).catch(unlessGone);
      for (const { id, way } of await this.ways()) if (way.way === old.way) await this.records.remove(id);
    }
    if (own) await this.records.shelf.remove(WRAP + own.secret.locator);
    await this.keepDevice({ ...before, ...change });
  }

  async #keepWrap({ pair, wrap, locator }: Way): Promise<void> {
    await this.records.shelf.put([[WRAP + locator, { vault: this.vault.id, way: pair.way, wrap }]]);
  }

  async setPin(pin: string, label: string): Promise<void> {
    const secret = random(32);
    const { locator, verifier, stretched } = await stretchedPin(pin, secret);
    const pepper = random(32);
    const way = await newWay(this.vault, "pin", { locator, key: await pinKey(stretched, pepper) });
    await this.addWay(way, label, { verifier, pepper: base64url(pepper) });
    await this.#keepWrap(way);
    await this.#askFor({ pin: { way: way.pair.way, secret } });
  }

  async addPasskey(secret: Secret, label: string): Promise<void> {
    const way = await newWay(this.vault, "passkey", secret);
    await this.addWay(way, label);
    await this.#keepWrap(way);
    await this.#askFor({ passkey: true });
  }

  // Returns the words of a new card, which opens the vault from now on.
  async addCard(label: string): Promise<string[]> {
    const code = random(CODE_BYTES);
    await this.addWay(await newWay(this.vault, "card", await secretOf(code, "card")), label);
    return toWords(code);
  }

  // Returns the words of a helper's card: with them, and 72 hours, the vault opens.
  async addHelper(label: string): Promise<string[]> {
    const code = random(CODE_BYTES);
    const pepper = random(32);
    const way = await newWay(this.vault, "helper", { locator: await helperLocator(code), key: await helperKey(code, pepper) });
    await this.addWay(way, label, { pepper: base64url(pepper) });
    return toWords(code);
  }

  // Puts the vault under a new key that the ways named do not get: who has them, or has the old key, is outside.
  async changeKey(without: Set<string>, handsOver = false): Promise<Session> {
    await this.records.synchronise();
    const fresh: Vault = { id: this.vault.id, key: random(32) };
    const staying = (await this.ways()).filter(({ way }) => !without.has(way.way));
    for (const { id, way } of await this.ways()) if (without.has(way.way)) await this.records.remove(id);
    await this.records.synchronise();
    const records = await this.records.sealedUnder(fresh);
    const ways = await Promise.all(staying.map(async ({ way }) => ({ id: way.way, wrap: await wrapFor(way, fresh) })));
    const [, access] = (await accessOf(fresh)).split(".") as [string, string];
    const body = { access, cursor: await this.records.cursor(), ways, records: records.map((one) => ({ ...one, sealed: base64url(one.sealed) })), ...(handsOver && { hand_over: true }) };
    await ask("/rotations", { method: "POST", access: await this.access(), body });
    const session = new Session(fresh, this.records.shelf, this.isShared);
    for (const name of await this.records.shelf.names(WRAP)) {
      const kept = await this.records.shelf.get<Opening>(name);
      const wrap = ways.find(({ id }) => id === kept?.way)?.wrap;
      if (kept && wrap) await this.records.shelf.put([[name, { ...kept, wrap }]]);
    }
    await session.records.synchronise();
    return session;
  }

  // Exchanges with the server; where another device changed the vault's key, this device's way gives the new one.
  async synchronise(): Promise<{ session: Session; doubled: number }> {
    try {
      return { session: this, doubled: await this.records.synchronise() };
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      const { own } = await this.device();
      if (!own) throw error;
      const vault = await opened(own.secret, this.records.shelf).catch((reason: unknown) => {
        throw reason instanceof Refused ? error : reason; // the way is gone too: the device was taken away
      });
      const session = new Session(vault, this.records.shelf, this.isShared);
      return { session, doubled: await session.records.synchronise() };
    }
  }

  close(): Promise<void> {
    return forget(this.records.shelf);
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Refused) || error.status !== 404) throw error;
}

// Makes a vault; returns it with the words of its card.
export async function make(isShared: boolean, labels: { card: string; device: string }, custody: JsonObject = {}): Promise<{ session: Session; words: string[] }> {
  const vault = newVault();
  const code = random(CODE_BYTES);
  const { pair, wrap, locator } = await newWay(vault, "card", await secretOf(code, "card"));
  const [, access] = (await accessOf(vault)).split(".") as [string, string];
  await ask("/vaults", { method: "POST", body: { vault: vault.id, access, way: { id: pair.way, kind: "card", locator, wrap }, ...custody } });
  const session = new Session(vault, isShared ? inMemory() : onDevice, isShared);
  await session.noteWay(pair, labels.card);
  if (!isShared) await session.trustDevice(labels.device);
  await session.records.synchronise();
  return { session, words: await toWords(code) };
}

// Returns the vault that a secret opens, asked of the server; without internet what this device kept serves.
async function opened({ locator, key }: Secret, shelf: Shelf): Promise<Vault> {
  const kept = await shelf.get<Opening>(WRAP + locator);
  try {
    return await unwrapped(key, locator, (await ask("/openings", { method: "POST", body: { locator } })) as unknown as Opening, shelf);
  } catch (error) {
    if (!kept || !(error instanceof Unreachable)) throw error;
    return unwrap(key, kept.wrap, kept.vault, kept.way);
  }
}

// Where the vault's key was changed since this way was last used here, what waits to be sent is sealed anew.
async function unwrapped(key: CryptoKey, locator: string, { vault, way, wrap }: Opening, shelf: Shelf): Promise<Vault> {
  const fresh = await unwrap(key, wrap, vault, way);
  const kept = await shelf.get<Opening>(WRAP + locator);
  if (kept && kept.wrap !== wrap) {
    await new Records(await unwrap(key, kept.wrap, kept.vault, kept.way), shelf).moveTo(fresh);
    await shelf.put([[WRAP + locator, { vault, way, wrap }]]);
  }
  return fresh;
}

// Opens a vault on this device with what the holder has; on a device of their own it opens by itself afterwards.
export async function openBy(secret: Secret, isShared: boolean, label: string): Promise<Session> {
  return entered(await opened(secret, onDevice), isShared, label);
}

// Raises Refused with `ready_at` as long as the helper has to wait.
export async function openByHelper(code: Bytes, isShared: boolean, label: string): Promise<Session> {
  const found = (await ask("/openings", { method: "POST", body: { locator: await helperLocator(code) } })) as unknown as Opening;
  const key = await helperKey(code, fromBase64url(found.pepper ?? ""));
  return entered(await unwrap(key, found.wrap, found.vault, found.way), isShared, label);
}

async function entered(vault: Vault, isShared: boolean, label: string): Promise<Session> {
  const before = await onDevice.get<Device>(DEVICE);
  if (!isShared && before && before.vault !== vault.id) await forget(onDevice);
  const session = new Session(vault, isShared ? inMemory() : onDevice, isShared);
  const isKnown = before?.vault === vault.id && (before.own ?? before.pin ?? before.passkey);
  if (isShared || !isKnown) await session.records.synchronise();
  if (!isShared && !isKnown) {
    await session.trustDevice(label);
    await session.records.synchronise();
  }
  return session;
}

// Raises Refused with `tries_left` when it is not the PIN.
export async function openByPin(pin: string, device: Device): Promise<Session> {
  const { locator, verifier, stretched } = await stretchedPin(pin, device.pin?.secret as Bytes);
  const { vault, way, wrap, pepper } = (await ask("/openings", { method: "POST", body: { locator, verifier } })) as unknown as Opening;
  const key = await pinKey(stretched, fromBase64url(pepper ?? ""));
  return new Session(await unwrapped(key, locator, { vault, way, wrap }, onDevice), onDevice, false);
}

// Returns the vault that this device opens by itself, or how it is opened here; null when it knows none.
export async function atStart(): Promise<Session | Device | null> {
  const device = await onDevice.get<Device>(DEVICE);
  if (!device?.own) return device;
  const kept = await onDevice.get<Opening>(WRAP + device.own.secret.locator);
  const vault = kept ? await unwrap(device.own.secret.key, kept.wrap, kept.vault, kept.way) : await opened(device.own.secret, onDevice);
  return new Session(vault, onDevice, false);
}
