// Says on the page that a passkey was not made or taken; the other scripts of passkeys are django-allauth's.
"use strict";
document.addEventListener("allauth.error", (event) => {
  for (const told of document.querySelectorAll("[data-passkey-failed]")) { told.hidden = false; event.preventDefault(); }
});
