// What this device keeps (IndexedDB): one table of values by name.
const NAME = "comity";
const STORE = "kept";

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return asked(request);
}

export async function get<T>(key: string): Promise<T | null> {
  const database = await open();
  const found = await asked(database.transaction(STORE).objectStore(STORE).get(key));
  database.close();
  return (found as T | undefined) ?? null;
}

// Puts all of them and takes away what is named, or neither.
export async function put(entries: Iterable<[string, unknown]>, gone: string[] = []): Promise<void> {
  await change((store) => {
    for (const key of gone) store.delete(key);
    for (const [key, content] of entries) store.put(content, key);
  });
}

export async function remove(key: string): Promise<void> {
  await change((store) => void store.delete(key));
}

// Returns the names that begin so, in their order.
export async function names(beginning: string): Promise<string[]> {
  const database = await open();
  const found = await asked(database.transaction(STORE).objectStore(STORE).getAllKeys(IDBKeyRange.bound(beginning, `${beginning}\uffff`)));
  database.close();
  return found.map(String);
}

async function change(act: (store: IDBObjectStore) => void): Promise<void> {
  const database = await open();
  const transaction = database.transaction(STORE, "readwrite");
  act(transaction.objectStore(STORE));
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
  });
  database.close();
}
