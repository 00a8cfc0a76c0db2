// Small helps on the worker's pages. Everything that they do can also be done by hand.
"use strict";
(() => {
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        return; // the text is selected: copying it by hand is one step
      }
      document.getElementById(button.dataset.told).textContent = button.dataset.done;
    });
  }

  for (const button of document.querySelectorAll("[data-send]")) {
    button.hidden = !navigator.share;
    button.addEventListener("click", () => {
      navigator.share({ url: document.getElementById(button.dataset.send).value }).catch(() => {});
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
})();
