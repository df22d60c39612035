// What a page does more with a script: votes answer in place, Load More tells when it is loading or has failed and where
// the new reviews are.
// Everything works without this file; see the links and forms in the templates.
"use strict";

// htmx comes when somebody is about to use what it serves: who only reads does not fetch it. What is done before it is
// there waits for it and happens then. If it does not come, everything works as it does without a script.
const SERVED = "[hx-get], [hx-post]";
const PATIENCE = 5000;
const waiting = new Map();
let coming;
let awaited = true;

// Run after the end of the HTML and before the page is complete, htmx would wait for an event that has already been.
const complete = () =>
  new Promise((done) => (document.readyState === "complete" ? done() : addEventListener("load", done, { once: true })));

const insert = () =>
  new Promise((done) => {
    const scripts = document.importNode(document.querySelector("#on-demand").content, true);
    scripts.firstElementChild.addEventListener("load", () => done(true));
    scripts.firstElementChild.addEventListener("error", () => done(false));
    document.head.append(scripts);
  });

const brought = async () => {
  const patience = new Promise((done) => setTimeout(done, PATIENCE, false));
  const came = await Promise.race([complete().then(insert), patience]);
  awaited = false;
  for (const act of waiting.values()) act(came);
  waiting.clear();
};

const bring = () => (coming ??= brought());

// What was done, once more; a choice without htmx is sent as by the form's button.
const again = ({ type, target, submitter }, served) => (came) => {
  if (type === "click") served.click();
  else if (type === "change" && came) target.dispatchEvent(new Event(type, { bubbles: true }));
  else served.requestSubmit(submitter);
};

const isServed = (event, served) => {
  const opensElsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  const trigger = served.getAttribute("hx-trigger") ?? (served.matches("form") ? "submit" : "click");
  return trigger.split(", ").includes(event.type) && !opensElsewhere;
};

for (const type of ["click", "change", "submit"]) {
  const hold = (event) => {
    const served = awaited && event.target.closest(SERVED);
    if (!served || !isServed(event, served)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(served, again(event, served));
    bring();
  };
  document.addEventListener(type, hold, { capture: true });
}

for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, (event) => event.target.closest(SERVED) && bring());
}

// What asks by itself.
if (document.querySelector("[hx-trigger^=every]")) bring();

// Back to a state that htmx made, on a page that was loaded anew since.
addEventListener("popstate", (event) => {
  if (event.state?.htmx && !window.htmx) location.reload();
});

const more = (event) => event.detail.elt?.closest?.("#load-more");

document.addEventListener("htmx:beforeRequest", (event) => {
  const box = more(event);
  if (!box) return;
  const link = box.querySelector(".more-link span");
  box.classList.remove("error");
  box.classList.add("loading");
  box.querySelector(".failed").hidden = true;
  link.dataset.idle ??= link.textContent;
  link.textContent = link.parentElement.dataset.loading;
});

// A vote looks pressed while it is sent; if it fails, it is as before and says so under the line.
const press = (button, pressed) => {
  for (const one of button.parentElement.children) one.setAttribute("aria-pressed", String(one === button && pressed));
};

document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.detail.elt?.closest?.(".vote");
  if (!button) return;
  button.closest(".vote-line").querySelector(".failed").hidden = true;
  button.before = [...button.parentElement.children].find((one) => one.ariaPressed === "true");
  press(button, button.value !== "none");
});

// A rating that could not be saved goes back to the one that is, unless another was chosen meanwhile, and says so.
const rating = (event) => event.detail.elt?.closest?.(".own-rating");

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = rating(event);
  if (form) form.querySelector(".failed").hidden = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = rating(event);
  if (!form || !event.detail.successful) return;
  for (const one of form.elements.rating) one.defaultChecked = one.value === event.detail.requestConfig.parameters.rating;
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const button = event.detail.elt?.closest?.(".vote");
    if (button) {
      press(button.before ?? button, Boolean(button.before));
      button.closest(".vote-line").querySelector(".failed").hidden = false;
    }
    const form = rating(event);
    if (form) {
      form.querySelector(".failed").hidden = false;
      if (form.elements.rating.value === event.detail.requestConfig.parameters.rating) form.reset();
    }
    const choices = event.detail.elt?.closest?.(".choices");
    if (choices) choices.nextElementSibling.hidden = false;
    const box = more(event);
    if (!box) return;
    const link = box.querySelector(".more-link span");
    link.textContent = link.dataset.idle;
    box.classList.remove("loading");
    box.classList.add("error");
    box.querySelector(".failed").hidden = false;
    box.querySelector("[data-again]").focus();
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-again]")) event.target.closest("#load-more").querySelector(".more-link").click();
});

// Focus goes to the first headline of those that came, and their number is said.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (more(event)) event.detail.elt.closest("#load-more").previousElementSibling?.setAttribute("data-last-before", "");
});

// A choice applies at once; what it leaves is said, or that it did not work.
document.addEventListener("htmx:beforeRequest", (event) => {
  const choices = event.detail.elt?.closest?.(".choices");
  if (choices) choices.nextElementSibling.hidden = true;
});

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt.id !== "results") return;
  document.querySelector("#announced").textContent = document.querySelector("#count").textContent;
});

document.addEventListener("htmx:load", () => {
  const last = document.querySelector("[data-last-before]");
  if (!last) return;
  last.removeAttribute("data-last-before");
  last.nextElementSibling?.querySelector(":scope > summary, .headline a")?.focus();
  const shown = document.querySelector("#load-more .shown");
  const status = document.querySelector("#announced");
  if (shown && status) status.textContent = shown.textContent;
});

// Signing in, or voting without this file, leads back to what is chosen now.
document.addEventListener("htmx:pushedIntoHistory", () => {
  const here = location.pathname + location.search;
  const link = document.querySelector(".site-nav a[href*='next=']");
  if (link) link.href = link.href.replace(/next=[^&]*/, `next=${encodeURIComponent(here)}`);
  const field = document.querySelector("#vote [name=next]");
  if (field) field.value = here;
});

// On a narrow screen the tabs scroll sideways: the current one is brought into sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// The menu closes when one goes on elsewhere, or by Escape, which leads back to its name.
const menu = () => document.querySelector(".menu[open]");

for (const type of ["click", "focusin"]) {
  document.addEventListener(type, ({ target }) => {
    const open = menu();
    if (open && !open.contains(target)) open.open = false;
  });
}

document.addEventListener("keydown", ({ key }) => {
  const open = key === "Escape" && menu();
  if (!open) return;
  open.open = false;
  open.firstElementChild.focus();
});

// "Show less" leads back to where the text was cut, not to wherever the page is when so much of it is gone.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches(".rest:not([open])")) return;
    const cut = target.firstElementChild;
    const { top, bottom } = cut.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) cut.scrollIntoView({ block: "center" });
  },
  { capture: true },
);
