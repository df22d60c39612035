// The page of a case: keys choose what to do, and the button says it.
// Without this file the form decides all the same.

const form = document.querySelector("#decision");
const OFF = "moderation-keys-off"; // remembered by the browser, for who speaks to it or leans on the keyboard

const names = (radio) => radio?.closest("label").querySelector(".row-name").textContent;

const nameTheAct = () => {
  form.querySelector(".main-act").textContent = names(form.querySelector("[name=kind]:checked")) ?? form.dataset.act;
};

const showKeys = () => {
  const off = localStorage.getItem(OFF) !== null;
  form.classList.toggle("with-keys", !off);
  for (const radio of form.querySelectorAll("[data-key]")) radio.ariaKeyShortcuts = off ? null : radio.dataset.key;
  const button = form.querySelector(".keys button");
  button.textContent = off ? button.dataset.off : button.dataset.on;
  return !off;
};

// A letter is a key only where it would not be typed, and alone.
const isTyped = (node) => node.closest("textarea, select, input:not([type=radio], [type=checkbox])");

const press = (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.contains(event.target)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".main-act"));
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyped(event.target)) return;
  if (!form.classList.contains("with-keys")) return;
  const radio = [...form.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key.toUpperCase());
  if (!radio) return;
  event.preventDefault();
  radio.click();
  radio.focus();
};

if (form) {
  const panel = form.closest(".decide");
  new ResizeObserver(() => panel.classList.toggle("tall", panel.offsetHeight + 48 > innerHeight)).observe(panel);
  form.querySelector(".keys").hidden = false;
  form.querySelector(".keys button").addEventListener("click", () => {
    if (showKeys()) localStorage.setItem(OFF, "");
    else localStorage.removeItem(OFF);
    showKeys();
  });
  form.addEventListener("change", nameTheAct);
  document.addEventListener("keydown", press);
  showKeys();
  nameTheAct();
}
