// The records of a vault on this device, and their exchange with the server. A change is kept here first and sent when there is
// internet. Where two devices changed the same record, both versions are kept: the server's in its place, this device's beside it.
import type { Bytes } from "./bytes.ts";
import type { JsonObject } from "./json.ts";
import { changesSince, Refused, write, type Sealed } from "./vault_api.ts";
import { accessOf, newName, openRecord, sealRecord, type Vault } from "./vault_keys.ts";
import type { Shelf } from "./vault_store.ts";

const KEPT = "vault record ";
const WAITING = "vault waiting ";
const CURSOR = "vault cursor";
const SYNCED = "vault synced";

export interface Entry {
  id: string;
  content: JsonObject;
  waits: boolean; // not yet with the server
}

interface Waiting extends Sealed {
  request: string; // names the write, so that sending it twice is as sending it once
}

export class Records {
  readonly vault: Vault;
  readonly shelf: Shelf;

  constructor(vault: Vault, shelf: Shelf) {
    this.vault = vault;
    this.shelf = shelf;
  }

  async all(): Promise<Entry[]> {
    const ids = new Set([...(await this.shelf.names(KEPT)), ...(await this.shelf.names(WAITING))].map((name) => name.split(" ")[2] as string));
    const found = await Promise.all([...ids].map((id) => this.get(id)));
    return found.filter((entry) => entry !== null);
  }

  async get(id: string): Promise<Entry | null> {
    const waiting = await this.shelf.get<Waiting>(WAITING + id);
    const found = waiting ?? (await this.shelf.get<Sealed>(KEPT + id));
    const content = found ? await this.#opened(found) : null;
    return content && { id, content, waits: waiting !== null };
  }

  async put(content: JsonObject, id = newName()): Promise<string> {
    const version = await this.#next(id);
    await this.#wait({ id, version, sealed: await sealRecord(this.vault, id, version, content) });
    return id;
  }

  async remove(id: string): Promise<void> {
    if (await this.shelf.get<Sealed>(KEPT + id)) await this.#wait({ id, version: await this.#next(id), sealed: null });
    else await this.shelf.remove(WAITING + id);
  }

  // A change on top of one that waits replaces what that one replaces.
  async #next(id: string): Promise<number> {
    const waiting = await this.shelf.get<Waiting>(WAITING + id);
    return waiting?.version ?? ((await this.shelf.get<Sealed>(KEPT + id))?.version ?? 0) + 1;
  }

  async #wait(change: Sealed): Promise<void> {
    await this.shelf.put([[WAITING + change.id, { ...change, request: newName() } satisfies Waiting]]);
  }

  // Seals what waits under the vault's new key, which another device made; the rest comes anew from the server.
  async moveTo(vault: Vault): Promise<void> {
    for (const name of await this.shelf.names(WAITING)) {
      const change = await this.shelf.get<Waiting>(name);
      const content = change?.sealed ? await this.#opened(change) : null;
      if (change && content) await this.shelf.put([[name, { ...change, sealed: await sealRecord(vault, change.id, change.version, content) }]]);
    }
  }

  // Returns null for what is sealed under another key: the next exchange brings it anew.
  #opened({ id, version, sealed }: Sealed): Promise<JsonObject | null> {
    return sealed ? openRecord(this.vault, id, version, sealed).catch(() => null) : Promise.resolve(null);
  }

  // Every record that is with the server, with its next version, sealed under another key.
  async sealedUnder(vault: Vault): Promise<(Sealed & { sealed: Bytes })[]> {
    const kept = await Promise.all((await this.shelf.names(KEPT)).map((name) => this.shelf.get<Sealed>(name)));
    const live = kept.filter((one): one is Sealed & { sealed: Bytes } => Boolean(one?.sealed));
    return Promise.all(
      live.map(async ({ id, version, sealed }) => {
        const content = await openRecord(this.vault, id, version, sealed);
        return { id, version: version + 1, sealed: await sealRecord(vault, id, version + 1, content) };
      }),
    );
  }

  async waiting(): Promise<number> {
    return (await this.shelf.names(WAITING)).length;
  }

  // When this device last had everything from the server; null before the first time.
  syncedAt(): Promise<number | null> {
    return this.shelf.get<number>(SYNCED);
  }

  async cursor(): Promise<number> {
    return (await this.shelf.get<number>(CURSOR)) ?? 0;
  }

  // Sends what waits and gets what is new; returns how many records two devices had changed. Only one page at a time does it.
  synchronise(): Promise<number> {
    return navigator.locks.request("vault", () => this.#exchange());
  }

  async #exchange(): Promise<number> {
    const access = await accessOf(this.vault);
    await this.#pull(access);
    let doubled = 0;
    for (const name of await this.shelf.names(WAITING)) {
      const change = await this.shelf.get<Waiting>(name);
      if (change && !(await this.#send(access, change))) doubled += 1;
    }
    await this.#pull(access);
    await this.shelf.put([[SYNCED, Date.now()]]);
    return doubled;
  }

  async #pull(access: string): Promise<void> {
    for (let more = true; more; ) {
      const found = await changesSince(access, await this.cursor());
      await this.shelf.put([...found.records.map((one): [string, unknown] => [KEPT + one.id, one]), [CURSOR, found.cursor]]);
      more = found.more;
    }
  }

  // Returns false when another device was first.
  async #send(access: string, change: Waiting): Promise<boolean> {
    const { request, ...sealed } = change;
    try {
      await write(access, sealed, request);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 412) throw error;
      return this.#keepBoth(access, change);
    }
    await this.shelf.put([[KEPT + change.id, sealed]]);
    await this.#sent(change);
    return true;
  }

  // What was changed again meanwhile stays waiting.
  async #sent(change: Waiting): Promise<void> {
    const now = await this.shelf.get<Waiting>(WAITING + change.id);
    if (now?.request === change.request) await this.shelf.remove(WAITING + change.id);
  }

  async #keepBoth(access: string, change: Waiting): Promise<boolean> {
    await this.#pull(access);
    await this.shelf.remove(WAITING + change.id);
    if (!change.sealed) return false; // removed here, changed elsewhere: it stays
    const mine = await openRecord(this.vault, change.id, change.version, change.sealed as Bytes);
    const theirs = await this.get(change.id);
    if (theirs && JSON.stringify(theirs.content) === JSON.stringify(mine)) return true;
    const copy = await this.put({ ...mine, beside: theirs ? change.id : null });
    const waiting = await this.shelf.get<Waiting>(WAITING + copy);
    return waiting ? (await this.#send(access, waiting), false) : false;
  }
}
