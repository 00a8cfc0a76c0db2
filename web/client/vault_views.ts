// One view at a time stands on the vault's page: a copy of its template, filled with text, never with HTML.
import { day, plain, say, stamped, tell } from "./page.ts";
import type { Face, Words } from "./vault_face.ts";
import type { State } from "./vault_standing.ts";

export class View {
  readonly root: HTMLElement;

  constructor(root: HTMLElement) {
    this.root = root;
  }

  find<T extends Element = HTMLElement>(name: string): T {
    return this.root.querySelector<T>(`[data-${name}]`) as T;
  }

  write(name: string, text: string): void {
    this.find(name).textContent = text;
  }

  reveal(name: string, shown = true): void {
    this.find(name).hidden = !shown;
  }

  // A press is heard once at a time; what it comes to is told by `troubled`.
  press(name: string, act: () => Promise<void>): void {
    this.find(name).addEventListener("click", (event) => void busy(event.currentTarget as HTMLElement, act));
  }

  submit(name: string, act: (form: HTMLFormElement) => Promise<void>): void {
    const form = this.find<HTMLFormElement>(name);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void busy(form.querySelector("button") as HTMLElement, () => act(form));
    });
  }
}

let troubled: (error: unknown) => void = () => undefined;

export function whenTroubled(act: (error: unknown) => void): void {
  troubled = act;
}

async function busy(button: HTMLElement, act: () => Promise<void>): Promise<void> {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  tell("");
  try {
    await act();
  } catch (error) {
    troubled(error);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// Puts a view on the page, gives its heading the focus and the page its title.
export function stage(name: string): View {
  const place = document.querySelector<HTMLElement>("[data-stage]") as HTMLElement;
  const root = document.createElement("div");
  root.className = "stack stack--m";
  root.append((document.querySelector<HTMLTemplateElement>(`template[data-view="${name}"]`) as HTMLTemplateElement).content.cloneNode(true));
  place.replaceChildren(root);
  place.dataset.shown = name;
  return new View(root);
}

export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>("[data-stage] h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
  scrollTo(0, 0);
}

export function worded(words: Words): HTMLElement {
  const span = document.createElement("span");
  if (words.language) span.lang = words.language;
  span.dir = words.direction;
  span.textContent = words.value;
  return span;
}

// Returns a certificate's card; without a face when it may not be shown.
export function cardOf(face: Face | null, state: State, kept: string): HTMLElement {
  const card = stamped("piece", "card") as HTMLElement;
  const view = new View(card);
  if (face?.kind === "work") card.classList.add("cred--work");
  if (!face) card.classList.add("cred--plain");
  view.write("kind", say(face?.kind === "work" ? "kind.work" : face?.kind === "decision" ? "kind.decision" : "kind.certificate"));
  view.find("title").replaceChildren(face ? worded(face.title) : say("unread"));
  view.find("by").replaceChildren(face ? worded(face.centre) : "");
  const date = day(face?.awarded ?? Date.parse(kept));
  view.write("when", say(face ? (face.kind === "work" ? "attested" : "awarded") : "since", { date }));
  view.find("tag").replaceChildren(stamped("state", state) as HTMLElement);
  return card;
}

export function namesOf(face: Face): HTMLElement[] {
  return face.names.map((name, place) => {
    const line = document.createElement("p");
    line.className = place ? "who__alt" : "who__name";
    line.append(worded(name));
    return line;
  });
}

export function factsOf(face: Face): HTMLElement[] {
  const period = [face.began, face.finished].filter((moment) => moment !== null).map((moment) => day(moment));
  const facts: [string, string | Words][] = [
    ["title", face.title],
    ["centre", face.centre],
    ["on", face.awarded === null ? "" : day(face.awarded)],
    ["period", period.join(" – ")],
    ["until", face.until === null ? say("no-end") : day(face.until)],
    ["hours", face.hours === null ? "" : say("hours", { n: String(face.hours) })],
    ["number", face.number],
  ];
  return facts.filter(([, value]) => value !== "").map(([name, value]) => {
    const row = document.createElement("div");
    const [term, told] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = say(`fact.${name}`);
    if (typeof value !== "string") told.append(worded(value));
    else told.append(Object.assign(document.createElement("bdi"), { textContent: value }));
    row.append(term, told);
    return row;
  });
}

const FACTS: { [name: string]: string } = { issuer: "fact.centre", validUntil: "fact.until", awardedDate: "fact.on" };

// What a claim of a certificate in parts is called.
export function labelOf(name: string): string {
  const word = FACTS[name] ?? `claim.${name}`;
  const said = say(word);
  return said === word ? plain(name) : said;
}
