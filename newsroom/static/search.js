// Offers what may be meant while a reader types in a search field; without it the field searches by itself.
"use strict";
(() => {
  const WAIT_MS = 120;
  const FEWEST = 2;
  const attach = (input, number) => {
    if (input.getAttribute("role") === "combobox") return;
    const list = document.createElement("div");
    list.id = `typed-list-${number}`;
    list.className = "typed";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels[0]?.textContent || input.placeholder);
    const told = document.createElement("p");
    told.className = "hidden";
    told.setAttribute("aria-live", "polite");
    input.form.append(list, told);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
    })) input.setAttribute(name, value);

    let timer = 0;
    let asking = null;
    let chosen = -1;
    const options = () => [...list.querySelectorAll("[role=option]")];
    const choose = (place) => {
      chosen = place;
      options().forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
      const option = options()[place];
      if (option) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const show = (isShown) => {
      list.hidden = !isShown;
      input.setAttribute("aria-expanded", String(isShown));
      choose(-1);
    };
    const close = () => {
      clearTimeout(timer);
      asking?.abort();
      told.textContent = "";
      show(false);
    };
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const line = input.value.trim();
      if (line.length < FEWEST) return close();
      try {
        const answer = await fetch(`/search/as-you-type?q=${encodeURIComponent(line)}`, { signal: asking.signal });
        if (!answer.ok) return close();
        // The same site's own page, made by templates that escape; parsed, never run.
        list.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      } catch {
        return; // typed on, or offline: the field still searches
      }
      options().forEach((option, at) => { option.id = `${list.id}-${at}`; });
      list.querySelectorAll("[role=group]").forEach((group, at) => {
        group.firstElementChild.id = `${list.id}-of-${at}`;
        group.setAttribute("aria-labelledby", `${list.id}-of-${at}`);
      });
      const found = document.activeElement === input ? options().length : 0;
      told.textContent = (found && list.querySelector("[data-told]")?.dataset.told) || "";
      show(found > 0);
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT_MS);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const last = options().length - 1;
      if (event.key === "ArrowDown") choose(chosen < last ? chosen + 1 : -1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? last : chosen - 1);
      else if (event.key === "Enter" && chosen >= 0) options()[chosen].click();
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    input.form.addEventListener("focusout", (event) => {
      if (!input.form.contains(event.relatedTarget)) close();
    });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  };
  document.querySelectorAll('form[action="/search"] input[name=q]').forEach(attach);
})();
