// Registers a passkey and signs in with one. Without passkeys in this browser nothing is shown: the one-time link still works.

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** What was refused here, by the name of the words that say so. */
class Refused extends Error {}

async function post(path, body) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Refused("unreachable");
  }
  if (!answer.ok) throw new Refused("refused");
  return answer.json();
}

async function ask(act) {
  try {
    return await act();
  } catch (error) {
    throw new Refused({ NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" }[error.name] ?? "refused");
  }
}

function common(credential) {
  return { id: credential.id, rawId: encode(credential.rawId), type: credential.type, clientExtensionResults: {} };
}

async function register(form) {
  const token = form.elements.form.value;
  const publicKey = await post("/account/passkeys/options", { form: token });
  publicKey.challenge = decode(publicKey.challenge);
  publicKey.user.id = decode(publicKey.user.id);
  for (const known of publicKey.excludeCredentials ?? []) known.id = decode(known.id);
  const made = await ask(() => navigator.credentials.create({ publicKey }));
  const response = {
    clientDataJSON: encode(made.response.clientDataJSON),
    attestationObject: encode(made.response.attestationObject),
  };
  return post("/account/passkeys", { form: token, label: form.elements.label.value, credential: { ...common(made), response } });
}

async function signIn() {
  const publicKey = await post("/passkeys/sign-in/options", {});
  publicKey.challenge = decode(publicKey.challenge);
  delete publicKey.allowCredentials;
  const found = await ask(() => navigator.credentials.get({ publicKey }));
  const response = Object.fromEntries(
    ["clientDataJSON", "authenticatorData", "signature", "userHandle"].map((name) => [name, encode(found.response[name] ?? new ArrayBuffer(0))]),
  );
  return post("/passkeys/sign-in", { credential: { ...common(found), response } });
}

async function run(button, act) {
  const said = document.querySelector("[data-passkey-said]");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  said.replaceChildren();
  try {
    location.assign((await act()).next);
  } catch (error) {
    const word = error instanceof Refused ? error.message : "refused";
    said.replaceChildren(document.querySelector(`[data-passkey-word="${word}"]`).content.cloneNode(true));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

if (globalThis.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
  const form = document.querySelector('form[data-passkey="register"]');
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form.querySelector("button"), () => register(form));
  });
  const button = document.querySelector('[data-passkey="sign-in"] button');
  button?.addEventListener("click", () => run(button, signIn));
}
