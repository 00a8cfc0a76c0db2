// What changes at the server is shown here without a reload: the part that says so is fetched again, and keeps its focus.
const live = document.querySelector("[data-live]");
let last = live?.innerHTML;

async function again() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-live]");
    if (answer.ok && found && found.innerHTML !== last) show(found);
  } catch {
    // asked again in a moment
  }
  setTimeout(again, 3000);
}

function show(found) {
  last = found.innerHTML;
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  live.replaceChildren(...found.childNodes);
  if (focused) document.getElementById(focused)?.focus();
}

if (live) setTimeout(again, 3000);
