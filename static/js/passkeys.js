// A form with data-passkey="get" or "create" asks the browser for a passkey before it is sent.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

async function challenge(form) {
  const token = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.challenge, { method: "POST", body: token });
  if (!answer.ok || answer.redirected) throw new Error("no challenge");
  const asked = await answer.json();
  return { ...asked, challenge: bytes(asked.challenge) };
}

async function create(form) {
  const asked = await challenge(form);
  asked.user = { ...asked.user, id: bytes(asked.user.id) };
  asked.excludeCredentials = described(asked.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey: asked });
  return {
    ...named(made),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    },
  };
}

async function get(form) {
  const asked = await challenge(form);
  asked.allowCredentials = described(asked.allowCredentials);
  const used = await navigator.credentials.get({ publicKey: asked });
  return {
    ...named(used),
    response: {
      clientDataJSON: text(used.response.clientDataJSON),
      authenticatorData: text(used.response.authenticatorData),
      signature: text(used.response.signature),
      userHandle: used.response.userHandle ? text(used.response.userHandle) : null,
    },
  };
}

const named = (credential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  clientExtensionResults: credential.getClientExtensionResults(),
});

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const said = form.querySelector("[data-passkey-said]");
  said.textContent = "";
  try {
    const answer = await (form.dataset.passkey === "create" ? create : get)(form);
    form.elements.answer.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    const known = error.name === "InvalidStateError";
    said.textContent = known ? said.dataset.known : said.dataset.failed;
  }
}

if (window.PublicKeyCredential && window.isSecureContext) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", send);
    form.querySelector("[data-passkey-without]").hidden = true;
    form.querySelector("[data-passkey-act]").hidden = false;
  }
}
