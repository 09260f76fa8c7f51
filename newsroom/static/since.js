// Remembers in this browser alone when a story, and the front page, were last read, and says what is new since.
"use strict";
(() => {
  const form = document.querySelector("form[data-story]");
  if (!form) return;
  const key = `read ${form.dataset.story}`;
  let before = null;
  try {
    before = localStorage.getItem(key);
    localStorage.setItem(key, new Date().toISOString());
  } catch {
    return; // the reader's browser keeps nothing: the form is there
  }
  if (!before || new Date(before) >= new Date(form.dataset.last) || location.search.includes("since=")) return;
  const field = form.querySelector("input");
  const moment = document.createElement("input");
  moment.type = "hidden";
  moment.name = "since";
  moment.value = before;
  const read = document.createElement("time");
  read.dateTime = before;
  const page = document.documentElement;
  read.textContent = new Date(before).toLocaleString(page.lang, { dateStyle: "medium", timeStyle: "short", numberingSystem: page.dataset.digits || "latn" });
  field.replaceWith(moment, read);
})();

(() => {
  const line = document.querySelector("[data-visits]");
  if (!line) return;
  const PAUSE_MS = 30 * 60 * 1000; // after this long away a new visit begins
  let before;
  try {
    const kept = JSON.parse(localStorage.getItem("visit") || "{}");
    const now = Date.now();
    before = kept.last > 0 && now - kept.last > PAUSE_MS ? kept.last : kept.before;
    localStorage.setItem("visit", JSON.stringify({ last: now, before }));
  } catch {
    return; // the reader's browser keeps nothing: the links are there
  }
  if (!(before > 0) || location.search.includes("since=")) return;
  const fresh = [...document.querySelectorAll("[data-last]")].filter((card) => new Date(card.dataset.last) > before);
  for (const card of fresh) {
    const mark = document.createElement("strong");
    mark.className = "new on-rule"; // beside the text: nothing moves
    mark.textContent = line.dataset.new;
    card.prepend(mark);
  }
  const link = line.querySelector("[data-visit]");
  if (!link || !fresh.length) return;
  link.href = `#${fresh[0].id}`;
  link.textContent = fresh.length === 1 ? line.dataset.one : line.dataset.many.replace("{n}", fresh.length);
})();
