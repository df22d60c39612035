// Fields with a limit say how much is in them as one types. Without this file the sentence of the rule stands there.

// Characters as the server counts them: a line break is one, and so is what JavaScript takes for two.
const length = (text) => [...text.replaceAll("\r\n", "\n").trim()].length;

const count = (counter) => {
  const number = document.createElement("b");
  number.textContent = length(document.getElementById(counter.dataset.counts).value).toLocaleString(document.documentElement.lang);
  counter.replaceChildren(number, ` ${counter.dataset.of}`);
};

for (const counter of document.querySelectorAll("[data-counts]")) {
  count(counter);
  document.getElementById(counter.dataset.counts).addEventListener("input", () => count(counter));
}
