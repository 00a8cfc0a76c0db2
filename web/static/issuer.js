// What was just done, or went wrong, takes the focus.
document.getElementById("said")?.focus();

// A class that is being signed: ask how far it is, until it is done or stopped. The work goes on without this page.
const job = document.querySelector("[data-progress]");

async function look() {
  const lost = job.querySelector("[data-lost]");
  try {
    const answer = await fetch(job.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (found.state !== "running") return location.reload();
    show(found);
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
  setTimeout(look, 1000);
}

function show(found) {
  const bar = job.querySelector("[data-bar]");
  const figures = job.querySelector("[data-figures]");
  bar.setAttribute("aria-valuenow", found.signed);
  bar.querySelector("[data-done]").setAttribute("width", `${found.percent}%`);
  if (figures.textContent !== found.figures) figures.textContent = found.figures;
  job.querySelector("[data-left]").textContent = found.left;
}

if (job) setTimeout(look, 1000);

// Printing can be asked for by a button where there is a script to do it.
const printing = document.querySelector("[data-print]");
if (printing) {
  printing.hidden = false;
  printing.querySelector("button").addEventListener("click", () => window.print());
}
