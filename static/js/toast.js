// Shows what the server says of the last act for six seconds; errors stay until closed.

let closing;

showMessages();
document.addEventListener("htmx:afterSettle", showMessages);
document.addEventListener("htmx:historyRestore", showMessages);
document.addEventListener("close", () => rise(), true);
document.addEventListener("htmx:sendError", () => showFailure(navigator.onLine ? "unreached" : "offline"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (!detail.shouldSwap) showFailure("failure", detail.xhr.getResponseHeader("X-Request-Id"));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#toast button")) say("");
});

function showMessages() {
  const list = document.querySelector(".messages");
  if (!list) return;
  const errors = [...list.querySelectorAll("[data-level~='error']")];
  const said = errors.length ? errors : [...list.children];
  say(said.map((one) => one.innerText.trim()).join(" "), errors.length ? "alert" : "status");
  list.remove();
}

function showFailure(kind, request) {
  const words = document.getElementById("toast").dataset[kind];
  say(request ? `${words} (${request})` : words, "alert");
}

function say(text, role = "status") {
  const toast = document.getElementById("toast");
  rise(toast);
  toast.firstElementChild.setAttribute("role", role);
  toast.firstElementChild.textContent = text;
  clearTimeout(closing);
  if (text && role === "status") closing = setTimeout(leave, 6000);
}

function rise(toast = document.getElementById("toast")) {
  const place = [document.body, ...document.querySelectorAll("dialog:modal")].at(-1);
  if (toast.parentElement !== place) place.append(toast);
}

function leave() {
  const held = document.querySelector("#toast:is(:hover, :focus-within)");
  if (held) closing = setTimeout(leave, 1000);
  else say("");
}
