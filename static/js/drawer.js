// A link with data-drawer opens its page in the drawer, over the list; without this module it goes to
// that page. The drawer shows what stands in the page's #main, and its address is that page's. Links to
// the same page stay inside. An entry of the history that belongs to the drawer knows the address of the
// page beneath (over) and how many entries away it is (depth).

const content = () => document.getElementById("drawer");
const shell = () => content().parentElement;
const here = () => location.pathname + location.search;
const rows = () => [...document.querySelectorAll("#main th a[data-drawer]")];
const heading = () => content().querySelector("h1");

let beneath = { address: here() };
let depth = 0;
let place = 0; // of the row that is shown, among those beneath
let asked; // the link that was followed; none while the drawer is closed
let leaving; // until the address is that of the page beneath again
let arrived;
let left; // by Back, which closes at once: the event comes later, perhaps after Forward

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (!link.matches("[data-drawer]") && !staysInside(link)) return;
  event.preventDefault();
  event.stopPropagation();
  show(link);
}, true);

async function show(link) {
  await leaving;
  if (!shell().open) beneath = { address: here(), title: document.title };
  const replaces = link.rel || link.href === location.href;
  asked = { link, inside: content().contains(link) };
  fetchPage(link.href, replaces ? { replace: "true" } : { push: "true" });
}

function fetchPage(url, history = {}) {
  const target = content();
  htmx.ajax("GET", url, { source: target, target, select: "#main > *", swap: "innerHTML", ...history });
}

// htmx writes its own state into the entries that it leaves and makes.
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  if (!content().contains(detail.target)) return;
  if (shell().open) mark();
  else {
    depth = 0;
    shell().showModal();
  }
  if (detail.history.type === "push") depth += 1;
});
document.addEventListener("htmx:pushedIntoHistory", mark);
document.addEventListener("htmx:replacedInHistory", mark);

function mark() {
  if (shell().open) history.replaceState({ htmx: true, over: beneath.address, depth }, "");
}

addEventListener("popstate", (event) => {
  const over = event.state?.over;
  if (here() === beneath.address && (leaving || shell().open)) {
    event.stopImmediatePropagation();
    document.title = beneath.title ?? document.title;
    arrived?.();
    leaving = undefined;
    left = shell().open;
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    if (left) tidy();
  } else if (over === beneath.address) {
    event.stopImmediatePropagation();
    depth = event.state.depth;
    beneath.title ??= document.title;
    asked = {};
    fetchPage(location.href);
  }
}, true);
document.addEventListener("htmx:historyRestore", () => {
  beneath = { address: here() };
});

document.addEventListener("close", (event) => {
  if (event.target !== shell()) return;
  if (left) {
    left = false;
    return;
  }
  tidy();
  if (!history.state?.over) return;
  leaving = new Promise((resolve) => {
    arrived = resolve;
  });
  history.go(-depth);
}, true);

function tidy() {
  asked = undefined;
  content().replaceChildren();
  (rows()[place] ?? document.getElementById("main")).focus();
}

// While the drawer stands over it, the page beneath shows nothing new of its own; once closed it stays so.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt } = detail.requestConfig;
  if (elt === content() && !asked) detail.shouldSwap = false;
  if (shell().open && document.getElementById("main").contains(elt)) detail.shouldSwap = false;
  if (shell().open && elt.matches?.(".pager a")) detail.swapOverride = "outerHTML show:#drawer:top";
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const saved = detail.requestConfig && detail.requestConfig.verb !== "get";
  if (detail.target === content()) {
    arrange();
    if (detail.requestConfig.elt === content()) giveFocus(asked);
    if (saved) refresh();
  } else if (detail.target?.id === "main" && shell().open) {
    if (saved) shell().close();
    else arrangeRows();
  }
});

function arrange() {
  if (!shell().open) shell().showModal();
  heading().id = "drawer-title";
  heading().tabIndex = -1;
  shell().querySelector("[data-page]").href = location.href;
  arrangeRows();
}

function arrangeRows() {
  const links = rows();
  const index = links.findIndex((link) => link.pathname === location.pathname);
  if (index >= 0) place = index;
  for (const [rel, step] of [["prev", -1], ["next", 1]]) {
    const row = index >= 0 ? links[index + step] : undefined;
    const link = shell().querySelector(`[rel=${rel}]`);
    if (row) link.href = row.href;
    else link.removeAttribute("href");
  }
}

// Next and Previous keep the focus, and so does a link that is there again; otherwise the heading has it.
function giveFocus({ link, inside }) {
  shell().scrollTop = 0;
  if (link?.rel && link.hasAttribute("href")) {
    shell().querySelector("[data-status]").textContent = heading().textContent.trim();
    return;
  }
  const links = [...content().querySelectorAll("a[href]")];
  const again = inside && links.find((each) => each.href === link.href);
  (again || heading()).focus();
}

function refresh() {
  const target = document.getElementById("main");
  htmx.ajax("GET", beneath.address, { target, select: "#main > *", swap: "innerHTML ignoreTitle:true" });
}

function staysInside(link) {
  return content().contains(link) && link.pathname === location.pathname && !link.closest("[hx-boost], [data-dialog]");
}
