// While a file is on its way, what stands in data-upload shows how much of it the server has: its
// words and its <progress>. Once it has all, the words are those of data-upload until it answers.

const place = (form) => form?.querySelector?.("[data-upload]");

document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  const shown = place(target);
  if (!shown || shown.dataset.arrived) return;
  const [words, bar] = shown.children;
  shown.hidden = false;
  bar.value = detail.loaded / detail.total;
  if (detail.loaded < detail.total) return;
  shown.dataset.arrived = "true";
  bar.removeAttribute("value");
  words.textContent = shown.dataset.upload;
});

document.addEventListener("htmx:sendError", ({ target }) => {
  const shown = place(target);
  if (shown) shown.hidden = true;
});
