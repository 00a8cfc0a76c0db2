// The fifth question: the name on the certificate, compared by whoever stands there. What they say can be taken back.
import { isSeen } from "./commitment.ts";
import type { JsonObject } from "./json.ts";
import { part, say, stamped } from "./page.ts";
import { likeness, parseTravel } from "./passport.ts";

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

export function resetSame(name: string, document: JsonObject | null): void {
  const typed = part<HTMLTextAreaElement>("passport");
  part("same-choose").hidden = false;
  part("same-said").hidden = true;
  for (const name of ["passport-said", "passport-read"]) part(name).textContent = "";
  part<HTMLInputElement>("passport-photo").value = "";
  typed.value = "";
  typed.oninput = async () => {
    const text = typed.value;
    part("passport-said").textContent = text.trim() ? besides(text, name) : "";
    const seen = document ? await besidesSeen(text, document) : "";
    if (seen && text === typed.value) part("passport-said").append(" ", seen);
  };
}

// What the passport says beside the one that the centre saw, where the certificate commits to one.
async function besidesSeen(text: string, document: JsonObject): Promise<string> {
  const travel = parseTravel(text);
  if (!travel?.whole) return "";
  const seen = await isSeen(travel.mark, document);
  return seen === undefined ? "" : say(`passport.${seen ? "seen" : "other"}`);
}

// What the lines of a passport say beside the name on the certificate. The answer stays with people.
function besides(text: string, name: string): string {
  const travel = parseTravel(text);
  if (!travel) return say("passport.lines");
  return say(`passport.${travel.whole ? likeness(travel.name, name) : "slip"}`, { passport: travel.name, name });
}
