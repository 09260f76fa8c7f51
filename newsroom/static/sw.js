// Keeps the last pages that a reader opened, for when there is no network. newsroom/readers/offline.py writes VERSION
// and FILES before this. The network comes first, always: what is kept is shown only where it fails.
"use strict";
const PAGES = "backstory-pages";
const SHELL = `backstory-${VERSION}`;
const PAGES_MOST = 50;
// Forms and what they lead to, what is for one person alone, and what is no page.
const NEVER = /^\/(admin|accounts?|deleted|api|choices|text|setup|explain|ask|new|health|healthz|readyz|metrics|sw\.js)(\/|$)/;

addEventListener("install", (event) => event.waitUntil((async () => {
  const shell = await caches.open(SHELL);
  // Without cookies: what is kept for whoever opens this browser is nobody's own page. The script's address says the language.
  const headers = { "Accept-Language": decodeURIComponent(location.search.slice(1)) || "*" };
  await shell.addAll(FILES.map((file) => new Request(file, { cache: "reload", credentials: "omit", headers })));
  await skipWaiting();
})()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith("backstory-") && name !== SHELL && name !== PAGES) await caches.delete(name);
  }
  if (registration.navigationPreload) await registration.navigationPreload.enable();
  await clients.claim();
  for (const client of await clients.matchAll({ type: "window" })) { // the page on which it was started
    if (isOurs(new URL(client.url))) await fetch(client.url).then((answer) => keepPage(client.url, answer), () => {});
  }
})()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !isOurs(url)) return;
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (FILES.includes(url.pathname + url.search)) event.respondWith(file(event.request));
});

const isOurs = (url) => url.origin === location.origin && !NEVER.test(url.pathname);

const page = async (event) => {
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    event.waitUntil(keepPage(event.request.url, answer.clone()));
    return answer;
  } catch {
    return (await keptIn(PAGES, event.request)) || (await keptIn(SHELL, event.request)) ||
      (await keptIn(SHELL, "/offline")) || Response.error();
  }
};

const file = async (request) => {
  try { return await fetch(request); } catch { return (await keptIn(SHELL, request)) || Response.error(); }
};

const keptIn = (cacheName, request) => caches.match(request, { cacheName, ignoreVary: true });

const keepPage = async (address, answer) => {
  const isHtml = (answer.headers.get("Content-Type") || "").startsWith("text/html");
  const isPrivate = /no-store|private/.test(answer.headers.get("Cache-Control") || "");
  const [key] = address.split("#");
  if ([404, 410, 451].includes(answer.status)) return void (await (await caches.open(PAGES)).delete(key, { ignoreVary: true }));
  if (answer.status !== 200 || answer.redirected || !isHtml || isPrivate || new URL(key).pathname === "/offline") return;
  const pages = await caches.open(PAGES);
  await pages.delete(key, { ignoreVary: true }); // so that it stands last, as the newest
  await pages.put(key, answer);
  for (const old of (await pages.keys()).slice(0, -PAGES_MOST)) await pages.delete(old, { ignoreVary: true });
};
