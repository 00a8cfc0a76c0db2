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

setTimeout(look, 2000);
