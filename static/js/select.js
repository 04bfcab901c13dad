// The box in a table's head (data-select-all) ticks every row of the page. data-count is what to say
// of the number chosen: of those ticked, or of all that match; while there is none the place says
// data-none, or its own words.

document.addEventListener("change", ({ target }) => {
  const all = target.form?.querySelector("[data-select-all]");
  if (target === all) for (const box of rows(all)) box.checked = all.checked;
  if (all) count(all);
});

document.addEventListener("reset", () => setTimeout(countAll));
document.addEventListener("htmx:afterSettle", countAll);
addEventListener("pageshow", countAll);

function countAll() {
  document.querySelectorAll("[data-select-all]").forEach(count);
}

function rows(all) {
  return [...all.closest("table").querySelectorAll("tbody [type=checkbox]")];
}

function count(all) {
  const ticked = rows(all).filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === rows(all).length;
  all.indeterminate = ticked > 0 && !all.checked;
  const everyone = all.form.querySelector("[name=everyone]:checked")?.value;
  const chosen = Number(everyone ?? all.form.querySelectorAll("[name=member]:checked, [name=invitation]:checked").length);
  const number = chosen.toLocaleString(document.documentElement.lang);
  for (const place of all.form.querySelectorAll("[data-count]")) {
    place.dataset.none ??= place.textContent;
    place.textContent = chosen ? place.dataset.count.replace("{count}", number) : place.dataset.none;
  }
}
