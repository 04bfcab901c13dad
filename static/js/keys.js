// Short ways for the keyboard. A ticked row has a link to the acts beneath the list. In a list that has
// the focus, and only there, / goes to its search: elsewhere a sign of its own is nobody's shortcut.

addEventListener("click", (event) => {
  const link = event.target.closest("tr .skip");
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  document.getElementById(link.hash.slice(1)).querySelector("input:not([type=hidden]), select, button").focus();
}, true);

addEventListener("keydown", (event) => {
  const { altKey, ctrlKey, key, metaKey, target } = event;
  if (key !== "/" || altKey || ctrlKey || metaKey) return;
  if (target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  const search = target.closest(".list, .picker")?.querySelector("[type=search]");
  if (!search) return;
  event.preventDefault();
  search.select();
  search.focus();
});
