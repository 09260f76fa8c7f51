// What moves on pages that are whole without it: source notes, keys, marks of this browser, news of an open page,
// and pages kept for offline. Its words stand in its own element (parts/reading.html).
"use strict";
(() => {
  const script = document.currentScript, words = script.dataset;
  const root = document.documentElement;
  const MINUTE = 60_000;

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const kept = (name) => {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; }
  };
  const keep = (name, value) => {
    try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return say(words.unkept); }
  };
  const isPlain = (event) => !(event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey);
  const isSeen = (element) => element.getClientRects().length > 0;

  // What a key did, told to whoever sees and whoever hears.
  const told = make("p", { class: "told", role: "status" });
  let toldUntil;
  const say = (text, href) => {
    told.replaceChildren(href ? make("a", { href }, text) : text);
    clearTimeout(toldUntil);
    toldUntil = setTimeout(() => told.replaceChildren(), 6000);
    return false;
  };

  // --- the note: a source sentence or the keys, beside the text or as a sheet from below ---
  const isWide = matchMedia("(min-width: 78rem)");
  const content = make("div", { class: "note-content" });
  const close = make("button", { type: "button", class: "note-close", "aria-label": words.close }, "×");
  const note = make("dialog", { class: "note", "aria-labelledby": "note-title" }, content, close);
  let opener = null; // where the focus goes when the note closes
  let turn = 0; // a slower answer to an earlier click is dropped
  let isAside = false, hasStep = false; // hasStep: opening the sheet made a step of the history, closing it takes it back

  const inNote = () => history.state && history.state.note;
  const tidy = () => {
    turn += 1;
    if (opener) opener.removeAttribute("aria-expanded");
    opener = null;
    if (hasStep && inNote()) history.back();
    hasStep = false;
  };
  const shut = () => { note.close(); tidy(); };
  const placeBeside = () => {
    const top = opener.getBoundingClientRect().top - 16;
    const most = note.open ? Math.max(16, innerHeight - note.offsetHeight - 16) : top;
    note.style.insetBlockStart = `${scrollY + Math.max(16, Math.min(top, most))}px`;
  };
  const present = (html) => {
    content.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    if (!note.open) {
      if (opener) opener.focus({ preventScroll: true });
      isAside = isWide.matches && opener !== null && opener.matches(".mark");
      note.classList.toggle("beside", isAside);
      if (isAside) placeBeside(); // before it is shown: the browser scrolls to where the focus goes
      else note.style.insetBlockStart = "";
      if (isAside) note.show(); else note.showModal();
      hasStep = !isAside;
      if (hasStep && !inNote()) history.pushState({ note: opener ? opener.getAttribute("href") : "keys" }, "");
    }
    note.scrollTop = 0;
    if (isAside) placeBeside();
    content.querySelector("#note-title").focus({ preventScroll: true });
  };
  const title = (text) => `<h2 id="note-title" tabindex="-1">${text}</h2>`;
  const openNote = async (address, from, page) => {
    if (!from && note.open) shut();
    const mine = ++turn;
    if (!from || !note.contains(from)) {
      if (opener) opener.removeAttribute("aria-expanded");
      opener = from;
      if (from) from.setAttribute("aria-expanded", "true");
    }
    const waiting = setTimeout(() => present(title(words.opening)), 400);
    let html;
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) });
      if (!answer.ok && answer.status !== 410) throw new Error(answer.status);
      html = await answer.text();
    } catch {
      const link = make("a", { href: page }, words.open);
      html = `${title(words.failed)}<p class="note-links">${link.outerHTML}</p>`;
    }
    clearTimeout(waiting);
    if (mine === turn) present(html);
  };
  const openSource = (mark) => {
    const [, article, number] = mark.href.match(/\/article\/(\d+)(?:\?part=\d+)?#s(\d+)$/) || [];
    if (!article) return false; // the mark of a text that a reader brought: its sentence stands on this very page
    const check = mark.dataset.is ? `&is=${mark.dataset.is}` : "";
    openNote(`/article/${article}/sentence/${number}?as=note${check}`, mark, mark.href);
    return true;
  };

  document.addEventListener("click", (event) => {
    const mark = event.target.closest("a.mark");
    if (!mark || event.button || event.shiftKey || !isPlain(event)) return;
    if (mark === opener && note.open) { event.preventDefault(); shut(); }
    else if (openSource(mark)) event.preventDefault();
  });
  close.addEventListener("click", shut);
  note.addEventListener("click", (event) => { if (event.target === note && !isAside) shut(); }); // beside the sheet
  note.addEventListener("close", () => { if (!note.open) tidy(); }); // by Esc, or a phone's own way back
  addEventListener("popstate", () => { if (note.open && !isAside && !inNote()) shut(); });
  // Beside the text the note is no trap: Tab goes on behind its mark, and back to it.
  note.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !isAside || !opener) return;
    const stops = [...note.querySelectorAll("a[href], button")];
    const isEnd = document.activeElement === stops.at(-1), isTitle = document.activeElement.id === "note-title";
    if (event.shiftKey ? isTitle : isEnd) {
      opener.focus();
      if (event.shiftKey) event.preventDefault();
    }
  });

  // --- marks of this browser: read, saved; of who is signed in static/keeping.js keeps them ---
  const ITEMS = ".story-item, .results > li, .edition-stories > li, .tellings > li, .related > li";
  const MOST = { read: 1000, saved: 500 };
  const pathOf = (address) => (new URL(address, location).pathname.match(/^\/(story|article)\/\d+/) || [""])[0];
  const headOf = (item) => item.querySelector("h2 a, a");

  const hasAccount = "account" in words;
  const markRead = (within) => {
    if (hasAccount) return;
    const read = kept("read");
    for (const link of within.querySelectorAll(":is(.story-item, .results, .edition-stories) h2 a, :is(.tellings, .related) li > a")) {
      const is = pathOf(link.href) in read;
      const item = link.closest(ITEMS), said = link.querySelector(".read-mark");
      if (item) item.classList.toggle("is-read", is);
      if (is && !said) link.append(make("span", { class: "hidden read-mark" }, ` (${words.isRead})`));
      if (!is && said) said.remove();
    }
  };
  // The story or article that a key means: the one whose item has the focus, else the page's own.
  const meant = () => {
    const item = document.activeElement.closest(ITEMS);
    const head = item ? headOf(item) : document.querySelector("main h1");
    const path = pathOf(item ? head.href : location.href);
    if (!path) return null;
    const told = (head.closest("[lang]") || root);
    const text = head.cloneNode(true);
    for (const mark of text.querySelectorAll(".read-mark")) mark.remove();
    return { path, title: text.textContent.trim(), lang: told.lang, dir: told.dir };
  };
  const toggle = (name, one) => {
    const all = kept(name);
    const { path, ...rest } = one;
    const was = path in all;
    if (was) delete all[path];
    else all[path] = name === "read" ? Date.now() : { ...rest, at: Date.now() };
    const paths = Object.keys(all);
    for (const old of paths.slice(0, Math.max(0, paths.length - MOST[name]))) delete all[old];
    return keep(name, all) ? !was : null;
  };
  // Who is signed in has an account for it: keeping.js hears this.
  const tellAccount = (name, one) => one && document.dispatchEvent(new CustomEvent("keep", { detail: { name, path: one.path } }));
  const mark = () => {
    const one = meant();
    if (hasAccount) return void tellAccount("read", one);
    const is = one && toggle("read", one);
    if (!one || is === null) return;
    markRead(document);
    drawButtons();
    say(is ? words.read : words.unread);
  };
  const save = () => {
    const one = meant();
    if (hasAccount) return void tellAccount("save", one);
    const is = one && toggle("saved", one);
    drawButtons();
    if (one && is !== null) say(is ? words.saved : words.unsaved, is && "/saved");
  };
  // The page's own buttons, for who has no keyboard at hand.
  const drawButtons = () => {
    for (const button of document.querySelectorAll("[data-keep] button")) {
      button.setAttribute("aria-pressed", button.closest("[data-keep]").dataset.keep in kept(button.dataset.do));
    }
  };
  const keepByButtons = (box) => {
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) (button.dataset.do === "read" ? mark : save)();
    });
  };

  // --- keys ---
  const BEFORE = Node.DOCUMENT_POSITION_PRECEDING, AFTER = Node.DOCUMENT_POSITION_FOLLOWING;
  const heads = () => [...document.querySelectorAll("main :is(.story-item, .results, .edition-stories) h2 a")];
  const sections = () => [...document.querySelectorAll("main :is(h1, section h2, summary[id])")];
  const sentences = () => [...document.querySelectorAll("main a.mark, main .body p[id]")];

  const step = (all, way) => {
    const list = all.filter((one) => isSeen(one) && !one.classList.contains("hidden"));
    const now = opener && note.contains(document.activeElement) ? opener : document.activeElement;
    const isIn = now.closest("main") && now !== document.body;
    const isBeyond = (one) => isIn
      ? now.compareDocumentPosition(one) & (way > 0 ? AFTER : BEFORE)
      : (one.getBoundingClientRect().top - 1) * way > 0;
    const found = way > 0 ? list.find(isBeyond) : list.findLast(isBeyond);
    if (!found) return;
    if (!found.matches("a, summary") && !found.hasAttribute("tabindex")) found.tabIndex = -1;
    found.focus({ preventScroll: true });
    const whole = found.closest(ITEMS) || found;
    whole.scrollIntoView({ block: found.matches("h1, h2, summary") ? "start" : "nearest" });
  };
  const open = () => {
    const now = document.activeElement, item = now.closest(ITEMS);
    if (now.matches("a, summary, button")) now.click();
    else if (item) headOf(item).click();
  };
  const atPublisher = () => {
    const within = note.open ? note : document.activeElement.closest(ITEMS) || document;
    const link = [...within.querySelectorAll("a[rel~=noopener]")].find(isSeen);
    if (link) link.click();
  };
  const go = (path) => { location.href = path; };
  const turnPage = (way) => {
    let list = [];
    try { list = JSON.parse(sessionStorage.getItem("list")) || []; } catch { /* nothing is kept */ }
    const place = list.indexOf(pathOf(location.href));
    const next = place < 0 ? null : list[place + way];
    const link = document.querySelector(`main a[rel=${way > 0 ? "next" : "prev"}]`);
    if (next) go(next);
    else if (link) link.click();
    else if (place >= 0) say(words.noMore);
  };
  const search = () => {
    const field = document.querySelector("form[role=search] input, [role=search] input");
    if (field) { field.focus(); field.select(); }
  };
  const toSections = () => {
    const first = document.querySelector("nav.sections a");
    if (first) first.focus();
  };
  const KEYS = {
    j: () => step(heads().length ? heads() : sections(), 1), k: () => step(heads().length ? heads() : sections(), -1),
    n: () => step(sentences(), 1), p: () => step(sentences(), -1),
    l: () => turnPage(1), h: () => turnPage(-1),
    o: open, v: atPublisher, m: mark, s: save, "/": search,
    "?": () => openNote("/keys?as=note", null, "/keys"),
  };
  const PLACES = {
    f: () => go("/"), e: () => go("/edition"), s: toSections,
    h: () => go("/hashtags"), p: () => go("/publishers"), a: () => go("/about"),
  };
  // The letter, on a keyboard of another script (as an Arabic one) the letter that its key has in Latin.
  const letterOf = ({ key, code, shiftKey }) => {
    if (/^[a-z]$/i.test(key)) return key.toLowerCase();
    if (key === "/" || key === "?") return key;
    if (/^Key[A-Z]$/.test(code)) return code[3].toLowerCase();
    return key === "؟" || (code === "Slash" && shiftKey && !/[\x20-\x7e]/.test(key)) ? "?" : key;
  };
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable], [role=textbox]");
  let wentG = -Infinity; // when g was pressed

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      wentG = -Infinity;
      if (note.open && isAside) { event.preventDefault(); shut(); }
      return;
    }
    if (!isPlain(event) || event.isComposing || root.dataset.keys === "off" || isTyping(event.target)) return;
    const letter = letterOf(event);
    if (event.shiftKey && letter !== "?" && letter !== "/") return;
    const isPlace = event.timeStamp - wentG < 1500;
    wentG = -Infinity;
    if (note.open && !isAside && letter !== "v") return; // the page behind a sheet stands still
    if (letter === "g" && !isPlace) { wentG = event.timeStamp; return; }
    const does = isPlace ? PLACES[letter] : KEYS[letter];
    if (!does || (event.repeat && !"jknp".includes(letter))) return;
    event.preventDefault();
    does();
  });
  // h and l go along the list in which a story was opened; kept by this tab, from the click on.
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".story-item h2 a, .results h2 a, .edition-stories h2 a")) return;
    try { sessionStorage.setItem("list", JSON.stringify(heads().map((one) => pathOf(one.href)))); } catch { /* without */ }
  });

  // --- what came since the page was made: said at its top, in a place of its own ---
  const listen = (bar) => {
    const name = document.title;
    let wait = MINUTE, last = Date.now(), timer;
    const plan = () => {
      clearTimeout(timer);
      if (document.hidden || !navigator.onLine) return;
      timer = setTimeout(ask, Math.max(1000, last + wait - Date.now()));
    };
    const tell = ({ words: text, publishers, articles, stories }) => {
      if (!text || bar.textContent === text) return;
      bar.replaceChildren(make("a", { href: location.pathname }, text));
      document.title = `(${publishers || articles || stories || 1}) ${name}`;
    };
    const ask = async () => {
      last = Date.now();
      try {
        const answer = await fetch(bar.dataset.news, { signal: AbortSignal.timeout(10_000) });
        if (answer.status === 404 || answer.status === 410) return; // the story is gone: nothing will come
        if (!answer.ok) throw new Error(answer.status);
        tell(await answer.json());
        wait = Math.min(wait * 1.1, 10 * MINUTE);
      } catch {
        wait = Math.min(wait * 2, 20 * MINUTE);
      }
      plan();
    };
    for (const change of ["online", "offline"]) addEventListener(change, plan);
    document.addEventListener("visibilitychange", () => { wait = MINUTE; plan(); });
    plan();
  };

  // --- pages kept for offline ---
  const worker = navigator.serviceWorker;
  const wantsOffline = () => words.worker && root.dataset.offline !== "off" && kept("offline").off !== true;
  const startKeeping = () => worker.register(`${words.worker}?${root.lang}`).catch(() => {});
  const stopKeeping = async () => {
    for (const one of await worker.getRegistrations()) {
      const at = one.active || one.waiting || one.installing;
      if (at && new URL(at.scriptURL).pathname === "/sw.js") await one.unregister();
    }
    for (const name of await caches.keys()) if (name.startsWith("backstory-")) await caches.delete(name);
  };

  // --- lists that only this browser can draw ---
  const listOf = (box, rows) => box.replaceChildren(
    rows.length ? make("ul", { class: "kept" }, ...rows) : make("p", {}, box.dataset.none));
  const drawSaved = (box) => {
    const rows = Object.entries(kept("saved")).reverse().map(([path, one]) => {
      const remove = make("button", { type: "button", class: "quiet" },
        box.dataset.remove, make("span", { class: "hidden" }, ` “${one.title}”`));
      remove.addEventListener("click", () => {
        toggle("saved", { path });
        drawSaved(box);
        box.tabIndex = -1;
        box.focus();
        say(words.unsaved);
      });
      const when = new Date(one.at);
      return make("li", {}, make("a", { href: path, lang: one.lang, dir: one.dir }, one.title),
        make("p", { class: "meta" }, make("time", { datetime: when.toISOString() },
          when.toLocaleDateString(root.lang, { dateStyle: "medium" })), " ", remove));
    });
    listOf(box, rows);
  };
  const titleOf = (html) => new DOMParser().parseFromString(html.match(/<title>[^]*?<\/title>/) || "", "text/html").title;
  const drawPages = async (box) => {
    const isOff = !wantsOffline();
    const rows = [];
    if (worker && !isOff && await caches.has("backstory-pages")) {
      const pages = await caches.open("backstory-pages");
      for (const request of (await pages.keys()).reverse()) {
        const html = await (await pages.match(request, { ignoreVary: true })).text();
        const { pathname, search } = new URL(request.url);
        rows.push(make("li", {}, make("a", { href: pathname + search, dir: "auto" }, titleOf(html) || pathname)));
      }
    }
    listOf(box, rows);
    if (!worker || !words.worker) return;
    const button = make("button", { type: "button" }, isOff ? box.dataset.start : box.dataset.stop);
    button.addEventListener("click", async () => {
      keep("offline", { off: !isOff });
      await (isOff ? startKeeping() : stopKeeping());
      await drawPages(box);
      box.querySelector("button").focus();
    });
    box.append(button);
  };

  const begin = () => {
    document.body.append(note, told);
    for (const one of document.querySelectorAll("a.mark")) one.setAttribute("aria-haspopup", "dialog");
    markRead(document);
    for (const box of document.querySelectorAll("[data-keep]")) keepByButtons(box);
    drawButtons();
    for (const bar of document.querySelectorAll("[data-news]")) listen(bar);
    for (const box of document.querySelectorAll("[data-kept]")) (box.dataset.kept === "saved" ? drawSaved : drawPages)(box);
    // A reader who followed a link of the sheet and came back finds it open.
    if (inNote()) {
      const from = [...document.querySelectorAll("a.mark")].find((one) => one.getAttribute("href") === inNote());
      if (!from || isWide.matches || !openSource(from)) history.replaceState(null, "");
    }
  };
  begin();
  if (worker) addEventListener("load", () => setTimeout(wantsOffline() ? startKeeping : stopKeeping, 2000));
})();
