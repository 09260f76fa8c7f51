// A moderator's keys: j and k go through the queue, a approves, r then 1 to 5 refuses and says why, u undoes.
"use strict";
(() => {
  const queue = [...document.querySelectorAll(".queue > li")];
  const isWriting = (element) => element.matches("input:not([type=hidden]), textarea, select, [contenteditable]");
  const here = () => document.activeElement.closest(".queue > li");
  const go = (item) => { if (item) { item.focus(); item.scrollIntoView({ block: "nearest" }); } };
  const step = (by) => {
    const at = queue.indexOf(here());
    go(queue[at < 0 ? 0 : Math.min(queue.length - 1, Math.max(0, at + by))]);
  };
  const press = (selector, root) => {
    const button = (root || document).querySelector(selector);
    if (button) button.click();
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    a: () => press("[data-key=a]", here() || queue[0]),
    r: () => { const item = here() || queue[0]; if (item) item.querySelector("[data-key=r]").focus(); },
    u: () => press(".undo button"),
  };
  // Before the keys of every page (reading.js), which mean other things by j and k.
  addEventListener("keydown", (event) => {
    if (document.documentElement.dataset.keys === "off") return;
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    // On a keyboard of another script a key means what it means on a Latin one.
    const key = /^[\x20-\x7e]$/.test(event.key) ? event.key : event.code.replace(/^(?:Key|Digit)/, "").toLowerCase();
    const isDigit = event.target.matches("[data-digit]") && /^[1-5]$/.test(key);
    const act = isDigit ? () => press(`[data-digit="${key}"]`, here()) : keys[key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, true);
  // After an act the page comes anew: the next one to look at has the focus, so that a second key decides it.
  if (document.querySelector(".notice[role=status]")) go(queue[0]);
})();
