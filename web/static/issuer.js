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

// A certificate's design: the page is drawn again while one types. Without a script the button draws it.
const design = document.querySelector("form[data-preview]");

if (design) {
  const shown = document.querySelector("[data-preview-shown]");
  const said = document.querySelector("[data-preview-said]");
  let drawn = 0;
  let pause;

  const say = (what) => {
    const words = document.querySelector(`[data-said="${what}"]`).content.textContent;
    if (said.textContent !== words) said.textContent = words;
  };
  const told = (wrong) => {
    for (const place of design.querySelectorAll("[data-why]")) {
      const words = wrong[place.dataset.why] ?? "";
      place.querySelector("span").textContent = words;
      place.hidden = !words;
      const field = design.querySelector(`#${place.dataset.why}`);
      if (words) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
    say(Object.keys(wrong).length ? "wrong" : "good");
  };
  const draw = async () => {
    const mine = ++drawn;
    const sent = new FormData(design);
    const answer = await fetch(design.dataset.preview, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (mine !== drawn) return;
    shown.src = found.picture;
    if (!found.wrong.file) {
      design.elements.logo.value = found.logo;
      design.elements.file.value = "";
    }
    told(found.wrong);
  };
  const again = () => {
    clearTimeout(pause);
    pause = setTimeout(() => draw().catch(() => say("lost")), 350);
  };
  design.addEventListener("input", again);
}

// Printing can be asked for by a button where there is a script to do it.
const printing = document.querySelector("[data-print]");
if (printing) {
  printing.hidden = false;
  printing.querySelector("button").addEventListener("click", () => window.print());
}

// Occupations, skills and fields: found while one types. Without a script the button finds them.
const picker = document.querySelector("[data-picker]");

if (picker) {
  const kind = picker.querySelector("#kind");
  const text = picker.querySelector("#text");
  let asked = 0;
  let waiting;

  const find = async () => {
    const mine = ++asked;
    const query = new URLSearchParams({ kind: kind.value, text: text.value });
    const answer = await fetch(`${picker.dataset.picker}?${query}`, { headers: { Accept: "application/json" } });
    if (answer.ok && mine === asked) list(await answer.json());
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => find().catch(() => {}), 200);
  };
  text.addEventListener("input", soon);
  kind.addEventListener("change", soon);
}

function list(entries) {
  const found = picker.querySelector("[data-found]");
  const count = picker.querySelector("[data-count]");
  count.textContent = !picker.querySelector("#text").value ? "" : entries.length ? count.dataset.some : count.dataset.none;
  found.replaceChildren(...entries.map((entry) => one(entry, found.dataset.add)));
}

function one(entry, add) {
  const item = document.createElement("li");
  const said = document.createElement("span");
  const name = document.createElement("bdi");
  const button = document.createElement("button");
  const unseen = document.createElement("span");
  item.className = "entry-row";
  name.textContent = entry.targetName;
  said.append(name);
  if (entry.targetCode.length <= 4) {
    const code = document.createElement("small");
    code.className = "soft code";
    code.textContent = entry.targetCode;
    said.append(code);
  }
  button.className = "btn btn--quiet btn--s";
  button.name = "add";
  button.value = JSON.stringify(entry);
  unseen.className = "unseen";
  unseen.textContent = `: ${entry.targetName}`;
  button.append(add, unseen);
  item.append(said, button);
  return item;
}
