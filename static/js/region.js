// While htmx fetches a region it is busy; afterwards its count is read out, and what was pressed in it
// has the focus again. A link with data-query asks for what the address names, whatever it named when
// the page came.

let pressed; // the words of what had the focus in the region before

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of [...detail.formData]) {
    if (value === "") detail.formData.delete(name); // addresses say only what is set
  }
});

document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[data-query]");
  if (link) link.search = location.search;
}, true);

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.target.setAttribute("aria-busy", "true");
  detail.requestConfig.triggeringEvent?.submitter?.setAttribute("aria-disabled", "true");
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target.removeAttribute("aria-busy");
  detail.requestConfig.triggeringEvent?.submitter?.removeAttribute("aria-disabled");
});

// A form that is answered by another page is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const { submitter: button, target: form } = event;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.querySelector("button[aria-disabled=true]")) event.preventDefault();
  else button?.setAttribute("aria-disabled", "true");
});

addEventListener("pageshow", () => {
  const buttons = document.querySelectorAll("button[aria-disabled]"); // Back shows the page as it was left
  buttons.forEach((button) => button.removeAttribute("aria-disabled"));
});

// An answer without the region (the session has ended, what it was about is gone) is a page of its own:
// go there.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, serverResponse, requestConfig, xhr } = detail;
  if (!target || target.id === "dialog") return;
  const isHere = target.isConnected; // or has a later answer taken its place?
  if (isHere && serverResponse.includes(`id="${target.id}"`)) return;
  detail.shouldSwap = false;
  const isShown = xhr.status < (requestConfig.verb === "get" ? 500 : 400); // else toast.js says it
  if (isHere && isShown) location.assign(xhr.responseURL);
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  pressed = detail.target?.contains(document.activeElement) ? words(document.activeElement) : "";
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const region = document.getElementById(detail.target?.id);
  const count = region?.querySelector("[data-announce]");
  const around = region?.closest("dialog") ?? document.body; // what lies outside is inert
  const status = around.querySelector(":scope > [data-status]");
  if (count && status) status.textContent = count.textContent;
  if (region && pressed && document.activeElement === document.body) giveFocusBack(region);
});

function giveFocusBack(region) {
  const again = [...region.querySelectorAll("a[href], button, input, select")];
  const place = again.find((each) => words(each) === pressed) ?? region.closest(".page")?.querySelector("h1");
  place?.focus({ preventScroll: true });
}

function words(element) {
  return element.getAttribute("aria-label") ?? element.textContent.trim();
}
