// The box in a table's head ticks every row of the page; the bulk bar says how many are ticked.

document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (!form?.querySelector("[data-select-all]")) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of boxes(form)) box.checked = event.target.checked;
  }
  count(form);
});

document.addEventListener("reset", (event) => setTimeout(() => count(event.target)));
addEventListener("pageshow", () => document.querySelectorAll("form").forEach(count));

function boxes(form) {
  return [...form.querySelectorAll("tbody [type=checkbox]")];
}

function count(form) {
  const all = form.querySelector("[data-select-all]");
  const chosen = boxes(form).filter((box) => box.checked).length;
  if (all) {
    all.checked = chosen > 0 && chosen === boxes(form).length;
    all.indeterminate = chosen > 0 && !all.checked;
  }
  for (const place of form.querySelectorAll("[data-count]")) {
    place.textContent = place.dataset.count.replace("{count}", chosen);
  }
}
