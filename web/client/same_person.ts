// The fifth question: the name on the certificate, compared by whoever stands there. What they say can be taken back.
import { part, say, stamped } from "./page.ts";

export type Same = "yes" | "no" | "you-check";

export function askSame(answered: (same: Same) => void): void {
  const choose = (same: Same): void => {
    part("answer-same-person").replaceChildren(stamped("tag", same) ?? "");
    part("same-choose").hidden = same !== "you-check";
    part("same-said").hidden = same === "you-check";
    part("same-words").textContent = same === "you-check" ? "" : say(`same.${same}`);
    answered(same);
    (same === "you-check" ? part("same-yes") : part("same-said")).focus();
  };
  part("same-yes").onclick = () => choose("yes");
  part("same-no").onclick = () => choose("no");
  part("same-undo").onclick = () => choose("you-check");
}

export function resetSame(): void {
  part("same-choose").hidden = false;
  part("same-said").hidden = true;
}
