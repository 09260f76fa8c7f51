(() => {
  const tell = window.__ran;
  const say = (what) => {
    try {
      tell(String(what).slice(0, 300));
    } catch {
      // the page is gone
    }
  };
  for (const name of ["alert", "confirm", "prompt", "print"]) {
    window[name] = (...said) => {
      say(`${name}(${said.join(", ")})`);
      return true;
    };
  }
  document.addEventListener("securitypolicyviolation", (event) => {
    say(`csp ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
  });
})();
