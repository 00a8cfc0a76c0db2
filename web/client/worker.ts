// Keeps the page that works without internet, and everything that it needs, on this device. The server says which files, and a new
// version of any of them is a new worker. Nothing else is kept or answered here.
declare const VERSION: string;
declare const PAGE: string;
declare const FALLS_BACK: string[]; // in their place the page is shown without internet
declare const FILES: string[];
declare const PAGES: string[]; // the page in each language; none where it is kept in one
declare const self: ServiceWorkerGlobalScope;

const CACHE = `app ${PAGE} ${VERSION}`;
const CHOSEN = "language"; // a store of its own, which outlives a version

self.addEventListener("install", (event) => {
  // past the browser's own cache: an older file under a new version's mark would stay
  const wanted = [PAGE, ...FILES].map((path) => new Request(path, { cache: "reload" }));
  // without cookies: having a page in every language is not choosing one
  wanted.push(...PAGES.map((path) => new Request(path, { cache: "reload", credentials: "omit" })));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

async function forgetOlder(): Promise<void> {
  const isOlder = (name: string): boolean => name !== CACHE && (name.startsWith(`app ${PAGE} `) || /^app [0-9a-f]+$/.test(name));
  for (const name of (await caches.keys()).filter(isOlder)) await caches.delete(name);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && FALLS_BACK.includes(url.pathname)) event.respondWith(fetch(request).catch(() => inLanguage(url, request)));
  else if (url.pathname === PAGE) event.respondWith(inLanguage(url, request));
  else if (FILES.includes(url.pathname)) event.respondWith(keptOr(url.pathname, request));
});

// Returns the page in the language that was chosen last, here or before; where none was, in that of the first visit.
async function inLanguage(url: URL, request: Request): Promise<Response> {
  const store = await caches.open(CHOSEN);
  const named = `${PAGE}?lang=${url.searchParams.get("lang") ?? ""}`;
  if (PAGES.includes(named)) await store.put(PAGE, new Response(named));
  const chosen = (await (await store.match(PAGE))?.text()) ?? "";
  return keptOr(PAGES.includes(chosen) ? chosen : PAGE, request);
}

async function keptOr(path: string, request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request);
}

export {};
