// Opens a share link: fetches the ciphertext, decrypts it with the key from the fragment, and hands the certificate to the
// check page by a form, so that neither the key nor the certificate ever stands in an address that is sent.
"use strict";
(() => {
  const page = document.querySelector("[data-share]");
  if (!page) return;
  const link = page.dataset.share;
  const NONCE = 12;
  const say = (name) => {
    for (const part of page.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== name;
    const shown = page.querySelector(`[data-when="${name}"]`);
    if (shown && name !== "reading") shown.focus();
  };

  function keyFrom(fragment) {
    if (!/^[0-9]{39}$/.test(fragment)) return null;
    let number = BigInt(fragment);
    if (number >> 128n) return null;
    const key = new Uint8Array(16);
    for (let i = 15; i >= 0; i -= 1, number >>= 8n) key[i] = Number(number & 255n);
    return key;
  }

  async function decrypt(sealed, raw) {
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const bound = new TextEncoder().encode(link);
    const how = { name: "AES-GCM", iv: sealed.slice(0, NONCE), additionalData: bound };
    return crypto.subtle.decrypt(how, key, sealed.slice(NONCE));
  }

  // `web/client/vault_shares.ts` does the same when the link is made.
  async function withPasscode(key, passcode) {
    const spelled = new TextEncoder().encode(passcode.normalize("NFKC").trim());
    const base = await crypto.subtle.importKey("raw", spelled, "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: key, iterations: 600_000 }, base, 256);
    const root = await crypto.subtle.importKey("raw", new Uint8Array([...new Uint8Array(bits), ...key]), "HKDF", false, ["deriveBits"]);
    const derived = async (use) => {
      const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: new TextEncoder().encode(use) };
      return new Uint8Array(await crypto.subtle.deriveBits(how, root, 256));
    };
    const verifier = btoa(String.fromCharCode(...(await derived("comity share verifier v1"))));
    return { key: (await derived("comity share key v1")).slice(0, 16), verifier: verifier.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") };
  }

  function handOver(content) {
    const form = page.querySelector('form[action="/verify"]');
    form.elements.namedItem("state").value = localStorage.getItem("state") ?? ""; // the state that this employer asked for before
    form.elements.namedItem("text").value = new TextDecoder("utf-8", { fatal: true }).decode(content);
    say("ready");
    const [visit] = performance.getEntriesByType("navigation");
    if (!visit || visit.type === "navigate") form.submit();
  }

  async function open(passcode) {
    const raw = keyFrom(location.hash.slice(1));
    if (!raw || !globalThis.crypto?.subtle) return say(raw ? "unable" : "no-key");
    if ("hasPasscode" in page.dataset && passcode === undefined) return say("passcode");
    const { key, verifier } = passcode === undefined ? { key: raw, verifier: "" } : await withPasscode(raw, passcode);
    let answer;
    try {
      answer = await fetch(location.pathname, { headers: { Accept: "application/octet-stream", "Comity-Passcode": verifier }, cache: "no-store" });
    } catch {
      return say("offline");
    }
    if (answer.status === 403) {
      page.querySelector("[data-wrong]").hidden = false;
      return say("passcode");
    }
    if (answer.status === 410 || answer.status === 404) return location.reload();
    if (!answer.ok) return say("offline");
    try {
      return handOver(await decrypt(new Uint8Array(await answer.arrayBuffer()), key));
    } catch {
      return say("damaged");
    }
  }

  addEventListener("hashchange", () => location.reload()); // the same link, pasted again with another key
  addEventListener("pageshow", (event) => {
    if (event.persisted) say("ready");
  });
  for (const button of page.querySelectorAll("[data-again]")) button.addEventListener("click", () => location.reload());
  page.querySelector("form[data-passcode]").addEventListener("submit", (event) => {
    event.preventDefault();
    say("reading");
    open(event.target.querySelector("input").value);
  });
  open();
})();
