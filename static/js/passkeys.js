// A form with data-passkey is sent once the browser made ("create") or gave ("get") a passkey. What the
// browser is asked stands in data-options, or is asked of the form's address. Where the browser knows no
// passkeys nothing is shown of it but the words of data-unable.

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = form.querySelector("button:not([type])").hidden = false;
    form.addEventListener("submit", send);
  }
  for (const words of document.querySelectorAll("[data-unable]")) words.hidden = true;
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const failure = form.querySelector("[role='alert']");
  failure.hidden = true;
  try {
    const passkey = await ask(form, await options(form));
    form.elements.credential.value = JSON.stringify(passkey);
    form.submit();
  } catch (error) {
    failure.hidden = false;
    if (!(error instanceof DOMException)) throw error;
  }
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options).publicKey;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options.publicKey;
}

function ask(form, asked) {
  if (form.dataset.passkey === "get") {
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
  }
  if (form.elements.passwordless.checked) {
    Object.assign(asked.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  }
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) });
}
