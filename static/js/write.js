// The page on which one writes: keeps the draft on the server and lets nothing typed go.
// Without this file the form publishes and previews all the same, and a preview keeps the draft.

const form = document.querySelector("#write");
const wait = { typing: 2000, retry: 2000, longest: 30000 };
const kept = ["rating", "headline", "body", "spoiler"];

const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => kept.includes(name)));
const note = () => document.querySelector("#draft-note");
const conflict = () => document.querySelector("#conflict:not([hidden])");

let saved = typed(); // what the server has of it
let sending = null; // the save under way
let failed = false;
let gone = false; // the form is on its way, nothing is to be saved any more
let timer = 0;
let pause = wait.retry;

const say = (words, state) => {
  note().className = `draft-note ${state}`;
  const dot = Object.assign(document.createElement("span"), { className: "dot" });
  note().querySelector("p").replaceChildren(dot, words);
};

// What the server answers takes the place of the parts of the page with the same ids.
const take = (html) => {
  for (const part of [...new DOMParser().parseFromString(html, "text/html").body.children]) {
    document.getElementById(part.id)?.replaceWith(part);
  }
  document.querySelector("#discard").hidden = !note().querySelector(".dot");
  showLocalTimes();
};

const showLocalTimes = () => {
  for (const time of document.querySelectorAll("time[data-clock]")) {
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    time.textContent = new Date(time.dateTime).toLocaleTimeString(document.documentElement.lang, clock);
  }
};

// Signing in anew, in another tab, makes the token of this form an old one.
const renewToken = async () => {
  const page = new DOMParser().parseFromString(await (await fetch(form.action)).text(), "text/html");
  form.elements.csrfmiddlewaretoken.value = page.querySelector("[name=csrfmiddlewaretoken]").value;
};

const send = async (last, renewed = false) => {
  const text = typed();
  const answer = await fetch(form.dataset.draft, {
    method: "POST",
    headers: { "HX-Request": "true" },
    body: new URLSearchParams(new FormData(form)),
    keepalive: last, // the browser sends it although the page is left
    signal: last ? undefined : AbortSignal.timeout(10000),
  });
  if (answer.status === 403 && !renewed) {
    await renewToken();
    return send(last, true);
  }
  // 401: the session has ended, the text waits in a new one. 409: there is a different text.
  if (![200, 401, 409].includes(answer.status)) throw new Error(`answer ${answer.status}`);
  saved = text;
  take(await answer.text());
  if (answer.status === 401) note().querySelector("p").replaceChildren();
  if (answer.status === 200) document.querySelector("#signed-out").hidden = true;
  conflict()?.focus();
};

const save = async ({ last = false } = {}) => {
  clearTimeout(timer);
  while (sending && !last) await sending;
  if (typed() === saved && failed) {
    failed = false;
    note().querySelector("p").replaceChildren();
  }
  if (typed() === saved || conflict() || gone) return;
  if (!failed) say(note().dataset.saving, "");
  sending = send(last).then(
    () => { failed = false; pause = wait.retry; },
    () => {
      failed = true;
      say(note().dataset.failed, "failed");
      timer = setTimeout(save, pause);
      pause = Math.min(pause * 2, wait.longest);
    },
  );
  await sending;
  sending = null;
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(save, wait.typing);
};

showLocalTimes();
form.addEventListener("input", later);

// The headline is one line that may be wide: Enter goes on to the text.
form.elements.headline.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  form.elements.body.focus();
});

// First the draft, then the form: if the connection is lost, the text stays where it is and the page too.
form.addEventListener("submit", async (event) => {
  if (gone || conflict()) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector(".main-act");
  if (button.classList.contains("working")) return;
  const name = button.textContent;
  button.classList.add("working");
  button.textContent = button.dataset.working ?? name;
  await save();
  if (!failed && !conflict() && navigator.onLine) {
    gone = true;
    setTimeout(() => form.requestSubmit(button)); // while this event is being told, the browser takes no other submit
  } else {
    button.classList.remove("working");
    button.textContent = name;
    if (conflict()) return;
    say(note().dataset.unsent, "failed");
    document.querySelector("#announced").textContent = note().dataset.unsent;
  }
});

addEventListener("online", () => failed && save());
addEventListener("pagehide", () => save({ last: true }));
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save({ last: true }));
// Only what could not be saved is worth a question.
addEventListener("beforeunload", (event) => {
  if (failed && !gone && typed() !== saved) event.preventDefault();
});
// Back from the page that came after: the form can be sent again.
addEventListener("pageshow", (event) => event.persisted && location.reload());

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "preview") document.querySelector("#preview-heading").focus();
});
for (const name of ["htmx:beforeRequest", "htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (event.detail.elt.id === "show-preview") document.querySelector("#no-preview").hidden = name === "htmx:beforeRequest";
  });
}
