// Asks every two seconds how far the question to the wallet is, and shows the answer when there is one. An answer on this device is
// opened by the wallet itself.
const page = document.querySelector("[data-asking]");
const status = page.querySelector("[data-status]");
const words = Object.fromEntries([...page.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));

async function look() {
  let wait = 2000;
  try {
    const answer = await fetch(page.dataset.asking, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const { state, waits } = await answer.json();
      if (!waits) {
        location.reload();
        return;
      }
      if (status && words[state] && status.textContent !== words[state]) status.textContent = words[state];
    }
  } catch {
    wait = 5000; // no connection for the moment: asked again later
  }
  setTimeout(look, wait);
}

// Where the browser itself brings wallets (Digital Credentials API), a button asks them; what they take lies here before it is pressed,
// because a browser asks only at once. Whatever goes wrong with it, the code beside it stays.
async function offerBrowser() {
  const button = page.querySelector("[data-browser]");
  if (!button || !("DigitalCredential" in window) || !navigator.credentials) return;
  const made = await fetch(page.dataset.asking.replace(/standing$/, "browser"), { method: "POST", headers: { Accept: "application/json" } });
  if (!made.ok) return;
  const { request, answer, page: there } = await made.json();
  button.addEventListener("click", async () => {
    try {
      const found = await navigator.credentials.get({ ...request, mediation: "required" });
      const data = typeof found.data === "string" ? JSON.parse(found.data) : found.data;
      const headers = { Accept: "application/json", "Content-Type": "application/json" };
      await fetch(answer, { method: "POST", headers, body: JSON.stringify({ data }) });
      location.assign(there);
    } catch {
      button.blur(); // nobody answered
    }
  });
  button.hidden = false;
}

setTimeout(look, 2000);
offerBrowser().catch(() => undefined);
