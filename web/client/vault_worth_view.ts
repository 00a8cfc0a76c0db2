// The view "What my certificates are worth": in every state, or in one with the reason and what to do next.
import { freshness } from "./freshness.ts";
import type { Json } from "./json.ts";
import type { Lists } from "./lists.ts";
import { day, plain, say, stamped } from "./page.ts";
import type { Open } from "./vault_home.ts";
import { lookAt, type Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { listsNow } from "./vault_standing.ts";
import { focusHeading, stage, View, worded } from "./vault_views.ts";
import { rowOf, stateName } from "./vault_words_view.ts";
import { reasonOf, worthsOf, type Worth } from "./vault_worth.ts";

export async function showWorth(session: Session, state: string, open: Open): Promise<void> {
  const lists = await listsNow();
  if (!lists) return open("home", say("no-lists"));
  const codes = lists.parties.map(({ code }) => String(code));
  const chosen = codes.includes(state) ? state : "";
  const rows = await worthsOf(session, lists, chosen ? [chosen] : codes);
  const sheets = await Promise.all(rows.map(({ paper, worths }) => sheetOf(paper, worths, chosen, lists)));
  const view = stage("worth");
  focusHeading();
  view.write("heading", chosen ? say("worth.in", { state: stateName(chosen, lists) }) : say("worth.title"));
  const select = view.find<HTMLSelectElement>("state");
  select.append(...codes.map((code) => new Option(`${stateName(code, lists)} (${code})`, code)));
  select.value = chosen;
  view.submit("state-form", async () => open(select.value ? `worth=${select.value}` : "worth"));
  view.reveal("empty", !rows.length);
  view.find("rows").replaceChildren(...sheets);
  const fresh = freshness(lists.published, new Date());
  view.write("lists", say(`worth.lists.${fresh === "today" ? "green" : fresh === "clock" ? "red" : fresh}`, { date: day(lists.published) }));
}

async function sheetOf(paper: Paper, worths: Worth[], chosen: string, lists: Lists): Promise<HTMLElement> {
  const sheet = new View(stamped("piece", chosen ? "worth-one" : "worth-all") as HTMLElement);
  const { face } = await lookAt(paper);
  const link = sheet.find<HTMLAnchorElement>("title");
  link.href = `#certificate=${paper.id}`;
  link.replaceChildren(face ? worded(face.title) : say("unread"));
  const [one] = worths;
  if (chosen && one) inOne(sheet, paper, one, lists);
  else sheet.find("states").replaceChildren(...worths.map((each) => rowOf(`#worth=${each.state}`, stateName(each.state, lists), tagOf(each))));
  return sheet.root;
}

const tagOf = ({ word }: Worth): HTMLElement => stamped("worth", word) as HTMLElement;

function inOne(sheet: View, paper: Paper, one: Worth, lists: Lists): void {
  const { recognition, authority, next, decides, state } = one;
  sheet.find("tag").replaceChildren(tagOf(one));
  sheet.write("reason", reasonOf(one, lists));
  const title = plain(recognition?.granted?.localTitle);
  const level = recognition?.granted?.nqf ?? "";
  const conditions = (recognition?.conditions ?? []).map(({ texts, options, isAlternative }): [string, Json[], string] => [isAlternative ? "worth.one-of" : "fact.needed", options, plain(texts)]);
  const facts = [
    ...(title ? [fact("fact.counts", title, level ? say("level", { level }) : "")] : []),
    ...conditions.map(([name, options, text]) => fact(name, text, options.map((option) => plain(option)).filter(Boolean).join(" · "))),
  ];
  sheet.reveal("facts", facts.length > 0);
  sheet.find("facts").replaceChildren(...facts);
  const whom = authority && ["ask", "write", "appeal", "gather"].includes(next) ? `${plain(authority.record.names)}, ${plain(authority.record.contact)}` : "";
  sheet.write("next", say(`worth.next.${next}`));
  sheet.write("whom", whom);
  sheet.reveal("show", next === "show");
  sheet.find<HTMLAnchorElement>("show").href = `#share=${paper.id}`;
  sheet.reveal("ask", decides && ["ask", "gather"].includes(next));
  sheet.find<HTMLAnchorElement>("ask").href = `#ask=${paper.id},${state}`;
}

function fact(name: string, text: string, below: string): HTMLElement {
  const row = document.createElement("div");
  const [term, told] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = say(name);
  told.append(Object.assign(document.createElement("bdi"), { textContent: text }));
  if (below) told.append(Object.assign(document.createElement("small"), { textContent: below }));
  row.append(term, told);
  return row;
}
