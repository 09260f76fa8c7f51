// Keeps the list of what was added up to date, without moving the reader.
"use strict";
(() => {
  const list = document.getElementById("progress");
  const every = Number(list?.dataset.every) * 1000;
  if (!every) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("progress");
      if (answer.ok && fresh && !list.contains(document.activeElement)) {
        list.innerHTML = fresh.innerHTML; // our own page, escaped by it
        if (!fresh.dataset.every) return;
      }
    } catch {
      // the site is being started again: asked once more below
    }
    setTimeout(look, every);
  };
  setTimeout(look, every);
})();
