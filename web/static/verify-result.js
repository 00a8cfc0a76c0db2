// The answer gets the focus, so that it is read first. The fifth question is answered by whoever stands there; what they say stays
// on this page and can be taken back. The state asked for is remembered on this device.
document.querySelector("[data-verdict]").focus({ preventScroll: true });

const row = document.querySelector("[data-same-person]");
if (row) {
  const question = row.querySelector("[data-choose]");
  const pending = row.querySelector(".tag");
  const another = document.querySelector("[data-another]");
  question.hidden = false;
  const note = (word) => {
    for (const field of document.querySelectorAll("[data-same-said]")) field.value = word; // a receipt says it too
  };
  const answer = (word) => {
    const said = row.querySelector(`template[data-said="${word}"]`).content.cloneNode(true);
    const [tag, told] = said.children;
    const undo = () => {
      note("");
      tag.replaceWith(pending);
      told.replaceWith(question);
      another.classList.add("btn--quiet");
      question.querySelector(`[data-answer="${word}"]`).focus();
    };
    told.querySelector("[data-undo]").addEventListener("click", undo);
    note(word);
    pending.replaceWith(tag);
    question.replaceWith(told);
    another.classList.remove("btn--quiet");
    told.focus();
  };
  for (const button of question.querySelectorAll("[data-answer]")) {
    button.addEventListener("click", () => answer(button.dataset.answer));
  }
}

for (const select of document.querySelectorAll("[data-state]")) {
  select.form.addEventListener("submit", () => localStorage.setItem("state", select.value));
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
