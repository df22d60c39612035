// Passkeys: tells allauth's script where its button, its form and the options of this page are. allauth would be told by
// a script within the page, which the site's policy refuses.
"use strict";

const button = document.querySelector("[data-passkey]");
const kind = button.dataset.passkey;
const { webauthnJSON, allauth } = window;

// A passkey belongs to a name; browsers make none for an address in figures, where the page says so by itself.
const unknown = document.querySelector("#passkey-unknown");

if (unknown && window.PublicKeyCredential && webauthnJSON.supported()) {
  const remember = document.querySelector("#passkey-remember");
  button.disabled = false;
  button.addEventListener("click", () => {
    document.querySelector("#passkey-failed").hidden = true;
    if (remember) remember.value = document.querySelector("#id_remember").checked ? "on" : "";
  });
  allauth.webauthn.forms[`${kind}Form`]({
    ids: { [kind]: button.id, credential: "passkey-credential", passwordless: "id_passwordless" },
    data: button.dataset.options && JSON.parse(button.dataset.options),
  });
} else if (unknown) {
  unknown.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("#passkey-failed").hidden = false;
});
