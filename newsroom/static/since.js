// Remembers in this browser alone when a story was last read, and offers what has changed since.
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
