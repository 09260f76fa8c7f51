// Votes without leaving the page, and words of the news quoted into the form of a comment.
"use strict";
(() => {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".vote") || !event.submitter) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      for (const button of form.querySelectorAll("button")) {
        const value = Number(button.dataset.value);
        const isMine = said.vote === value;
        button.setAttribute("aria-pressed", isMine);
        button.value = isMine ? 0 : value;
        button.querySelector(".count").textContent = value > 0 ? said.ups : said.downs;
      }
    } catch {
      const sent = document.createElement("input"); // the page that answers says why
      sent.type = "hidden";
      sent.name = "value";
      sent.value = event.submitter.value;
      form.append(sent);
      form.submit();
    }
  });

  const form = document.getElementById("comment-form");
  const news = document.querySelector("#body, #notes, article header");
  if (!form || !news) return;
  const text = form.querySelector("textarea");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quote";
  button.textContent = form.dataset.quote;
  button.hidden = true;
  document.body.append(button);
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const area = range.commonAncestorContainer;
    const isOfNews = [...document.querySelectorAll("#body, #notes")].some((part) => part.contains(area));
    return isOfNews && selection.toString().trim() ? range : null;
  };
  document.addEventListener("selectionchange", () => {
    const range = selected();
    button.hidden = !range;
    if (!range) return;
    const box = range.getBoundingClientRect();
    button.style.insetBlockStart = `${scrollY + box.bottom + 8}px`;
    button.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 120))}px`;
  });
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // or the selection would be gone
  button.addEventListener("click", () => {
    const words = getSelection().toString().trim();
    if (!words) return;
    const lines = words.split(/\n+/).map((line) => `> ${line.trim()}`).join("\n>\n");
    const before = text.value.trim() ? `${text.value.trimEnd()}\n\n` : "";
    text.value = `${before}${lines}\n\n`;
    button.hidden = true;
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  });
})();
