// Where a device keeps its part of a vault: sealed records, what waits to be sent, the ways that this device has. On a shared device
// all of it lies in memory and is gone with the page.
import * as database from "./database.ts";

export interface Shelf {
  get<T>(name: string): Promise<T | null>;
  put(entries: Iterable<[string, unknown]>): Promise<void>;
  remove(name: string): Promise<void>;
  names(beginning: string): Promise<string[]>;
}

export const onDevice: Shelf = database;

export function inMemory(): Shelf {
  const kept = new Map<string, unknown>();
  return {
    get: async <T>(name: string) => (kept.get(name) as T | undefined) ?? null,
    put: async (entries) => {
      for (const [name, content] of entries) kept.set(name, content);
    },
    remove: async (name) => void kept.delete(name),
    names: async (beginning) => [...kept.keys()].filter((name) => name.startsWith(beginning)).sort(),
  };
}

// Forgets everything of a vault; nothing else that the device keeps.
export async function forget(shelf: Shelf): Promise<void> {
  for (const name of await shelf.names("vault ")) await shelf.remove(name);
}
