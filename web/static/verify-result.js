// The fifth question is answered by whoever stands there; the answer stays on this page.
for (const row of document.querySelectorAll("[data-same-person]")) {
  row.hidden = false;
  for (const button of row.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const said = document.createElement("p");
      said.setAttribute("role", "status");
      said.textContent = button.dataset.yes || button.dataset.no;
      row.replaceWith(said);
    });
  }
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
