// The buttons of who is signed in: following, muting, saving, marks; and what this browser kept before, carried over.
// Every one of them is a form that works without this script.
"use strict";
(() => {
  const words = document.currentScript.dataset;
  const told = document.querySelector(".told"); // of reading.js, which stands before this
  let toldUntil;
  const say = (text, href) => {
    const link = href && Object.assign(document.createElement("a"), { href, textContent: text });
    told.replaceChildren(link || text);
    clearTimeout(toldUntil);
    toldUntil = setTimeout(() => told.replaceChildren(), 6000);
  };

  const post = async (address, fields) => {
    const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: words.token });
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
      const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      if (!isJson) throw new Error(answer.status);
      const said = await answer.json();
      if (answer.ok) return said;
      if (answer.status === 401) say(words.signedOut, said.address);
      else say(said.problem);
    } catch {
      say(words.failed);
    }
    return null;
  };

  // Every button of the same thing on the page, as a story may stand on it twice.
  const show = (form, { of, is }) => {
    const key = (one) => ["kind", "key"].map((name) => one.elements[name].value).join(" ");
    for (const other of document.querySelectorAll("form.keeping")) {
      const button = other.querySelector(`[data-of="${of}"]`);
      if (!button || other.getAttribute("action") !== form.getAttribute("action") || key(other) !== key(form)) continue;
      button.setAttribute("aria-pressed", is);
      button.value = is ? `un${of}` : of;
      const item = other.closest(".story-item");
      if (item && of === "read") item.classList.toggle("is-read", is);
    }
  };
  const busy = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("form.keeping") || !button) return;
    event.preventDefault();
    if (busy.has(button)) return;
    busy.add(button);
    const said = await post(form.getAttribute("action"), { ...Object.fromEntries(new FormData(form)), do: button.value });
    busy.delete(button);
    if (!said) return;
    show(form, said);
    say(said.words, said.of === "save" && said.is ? "/saved" : "");
  });

  // The keys m and s; reading.js says which story or article they mean.
  document.addEventListener("keep", async ({ detail: { name, path } }) => {
    const button = document.querySelector(`form[data-path="${path}"] [data-of="${name}"]`);
    if (button) return void button.click();
    const [, kind, key] = path.split("/");
    const said = await post("/keep", { do: name, kind, key });
    if (said) say(said.words, name === "save" ? "/saved" : "");
  });

  // Who asked for a history: the page is opened once it is seen.
  const own = document.querySelector("form[data-opened]");
  const noteOpened = () => {
    if (!own || document.visibilityState !== "visible" || document.prerendering) return;
    document.removeEventListener("visibilitychange", noteOpened);
    post("/keep", { do: "opened", kind: own.elements.kind.value, key: own.elements.key.value })
      .then((said) => said && show(own, { of: "read", is: true }));
  };
  document.addEventListener("visibilitychange", noteOpened);
  document.addEventListener("prerenderingchange", noteOpened);
  noteOpened();

  // --- carrying over ---
  const kept = (name) => { try { return localStorage.getItem(name) || ""; } catch { return ""; } };
  const count = (text) => { try { return Object.keys(JSON.parse(text || "{}")).length; } catch { return 0; } };
  for (const form of document.querySelectorAll("form[data-carry]")) {
    for (const name of ["saved", "read"]) form.elements[name].value = kept(name);
    const line = form.querySelector("p");
    line.textContent = form.dataset.carry.replace("{saved}", count(kept("saved"))).replace("{read}", count(kept("read")));
    line.hidden = false;
  }
  if (document.querySelector("[data-carried]")) {
    try { for (const name of ["saved", "read"]) localStorage.removeItem(name); } catch { /* nothing is kept */ }
  }
})();
