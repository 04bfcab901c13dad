// A link or button with data-dialog opens the form of its page in the dialog; without this module
// it simply goes to that page. Whatever answer holds no form is a page: it replaces the one beneath,
// in the drawer if it is the drawer's.

const content = () => document.getElementById("dialog");
const shell = () => content().parentElement;
let around; // the drawer, or the document, in which the dialog was opened
let places = []; // selectors of what may take the focus afterwards, best first
let changed; // the row that the dialog is about

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog], a[data-close]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.matches("[data-dialog]")) {
    take(event);
    open(link.href, link, `a[data-dialog][href="${CSS.escape(link.getAttribute("href"))}"]`);
  } else if (shell().contains(link)) {
    take(event);
    shell().close();
  }
}, true);

document.addEventListener("submit", (event) => {
  const { submitter: button, target: form } = event;
  if (button?.matches("[data-dialog]")) {
    take(event);
    const values = new URLSearchParams(new FormData(form, button));
    open(`${button.getAttribute("formaction") ?? form.action}?${values}`, button, "thead input");
  } else if (shell().contains(form)) {
    take(event);
    const values = button?.name ? { [button.name]: button.value } : {};
    htmx.ajax(form.method, form.action, { source: form, event, values });
  }
}, true);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== content() || holds(detail.serverResponse, ".form")) return;
  const { responseURL, status } = detail.xhr;
  if (!holds(detail.serverResponse, "#main")) {
    detail.shouldSwap = false;
    if (status < 400) location.assign(responseURL);
    return;
  }
  const samePage = new URL(responseURL).pathname === location.pathname;
  const drawer = document.querySelector(".drawer[open] > .page");
  if (samePage) history.replaceState({ ...history.state, htmx: true }, "", responseURL);
  else history[drawer ? "replaceState" : "pushState"]({ htmx: true }, "", responseURL);
  detail.target = (samePage && drawer) || document.getElementById("main");
  detail.selectOverride = "#main > *";
  detail.swapOverride = "innerHTML";
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target === content()) {
    if (shell().open) return;
    shell().showModal();
    enter(document.activeElement);
  } else if (detail.target?.matches("#main, #drawer") && shell().open && detail.requestConfig.verb !== "get") {
    shell().close();
    giveFocusBack();
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target === content()) enter(document.activeElement);
});

document.addEventListener("close", (event) => {
  if (event.target === shell()) content().replaceChildren();
}, true);

function take(event) {
  event.preventDefault();
  event.stopPropagation();
}

function open(url, opener, selector) {
  const menu = opener.closest("[popover]");
  if (menu?.matches(":popover-open")) {
    selector = `[popovertarget="${menu.id}"]`;
    opener = document.querySelector(selector);
    menu.hidePopover();
  }
  opener.focus({ preventScroll: true });
  around = opener.closest(".drawer") ?? document;
  const row = opener.closest("tr[id]");
  changed = row?.id;
  const rows = [row, row?.nextElementSibling, row?.previousElementSibling].filter((one) => one?.id);
  places = [selector, ...rows.map((one) => `#${CSS.escape(one.id)} th a`), "h1[tabindex], #main"];
  htmx.ajax("GET", url, { source: content(), target: content() });
}

// As Tab enters a field: a line of text is selected, and of radios the chosen one has the focus.
function enter(field) {
  if (field.type === "radio") field.form.querySelector(`[name="${field.name}"]:checked`)?.focus();
  else if (field.type !== "textarea" && field.selectionEnd === 0) field.select();
}

function giveFocusBack() {
  places.some((selector) => {
    const place = around.querySelector(selector);
    place?.focus();
    return place && place === document.activeElement; // what cards hide cannot have it
  });
  document.getElementById(changed)?.setAttribute("data-changed", "");
}

function holds(html, selector) {
  return new DOMParser().parseFromString(html, "text/html").querySelector(selector) !== null;
}
