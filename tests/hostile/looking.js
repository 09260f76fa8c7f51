// Given [known, areBound]: what stands in the page, or in each frame of it, that the site itself does not write.
([known, areBound]) => {
  const LEADS = ["href", "src", "action", "formaction", "xlink:href", "data", "poster", "ping", "background"];
  const LOADS = ["src", "action", "formaction", "data", "poster", "background", "ping"];
  const NOT_LOADED = ["alternate", "canonical", "license", "next", "prev", "search"];
  const DATA = ["application/ld+json", "application/json"];
  const own = location.origin;
  const signs = (text) => [...new Set(text.match(/qz\d+z/g) || [])];

  function addressOf(value, base) {
    try {
      return new URL(value, base);
    } catch {
      return null; // it leads nowhere
    }
  }

  function looked(page) {
    if (!page) return { odd: ["the page went away"], shown: [] };
    if (page.contentType !== "text/html" && !areBound) {
      return { odd: [], shown: signs(page.documentElement.textContent) };
    }
    const odd = new Set();
    if (known) for (const one of page.querySelectorAll("*")) look(one, odd);
    return { odd: [...odd], shown: signs(page.documentElement.outerHTML) };
  }

  function look(one, odd) {
    const name = one.localName;
    if (!known[name]) return odd.add(`<${name}>`);
    for (const { name: key, value } of one.attributes) {
      const isPlain = key.startsWith("aria-") || /^data-[a-z-]+$/.test(key);
      if (key.startsWith("on") || key === "srcdoc" || (!isPlain && !known[name].includes(key))) odd.add(`${name} ${key}`);
      if (!LEADS.includes(key)) continue;
      const url = addressOf(value, one.baseURI);
      if (!url) continue;
      if (!["http:", "https:", "mailto:"].includes(url.protocol)) odd.add(`${name} ${key} by ${url.protocol}`);
      const isLoaded = LOADS.includes(key) || (name === "link" && !NOT_LOADED.includes(one.rel));
      if (isLoaded && url.origin !== own) odd.add(`${name} ${key} of ${url.origin}`);
    }
    if (name === "script" && !one.hasAttribute("src") && !DATA.includes(one.type)) odd.add("script inline");
    return odd;
  }

  const failed = JSON.parse(document.querySelector("meta[name=failed]")?.content || "[]");
  const pages = areBound ? [...document.querySelectorAll("iframe")].map((one) => one.contentDocument) : [document];
  return { frames: pages.map(looked), failed };
};
