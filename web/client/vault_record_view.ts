// The view of the record on paper: the holder chooses what stands on it. The server sets the sheet from what it is sent for that moment.
import type { Json } from "./json.ts";
import { language, say, stamped, tell } from "./page.ts";
import { save } from "./saving.ts";
import { Refused, Unreachable } from "./vault_api.ts";
import { documentOf, saidOf } from "./vault_beside.ts";
import type { Open } from "./vault_home.ts";
import { lookAt, papersOf, type Paper } from "./vault_papers.ts";
import type { Session } from "./vault_session.ts";
import { focusHeading, stage, View, worded } from "./vault_views.ts";

export const MOST_ON_PAPER = 20;

export async function showRecord(session: Session, open: Open): Promise<void> {
  const found = await Promise.all((await papersOf(session)).map(async (paper) => ({ paper, ...(await lookAt(paper)) })));
  const ready = found.filter(({ face, paper }) => face !== null && documentOf(paper) !== null).slice(0, MOST_ON_PAPER);
  const view = stage("record");
  focusHeading();
  view.reveal("empty", !ready.length);
  view.reveal("record-form", ready.length > 0);
  view.find("choices").replaceChildren(
    ...ready.map(({ paper, face, standing }) => {
      const row = new View(stamped("piece", "any-of") as HTMLElement);
      const input = row.find<HTMLInputElement>("input");
      [input.name, input.value, input.checked] = ["chosen", paper.id, standing.state === "valid"];
      row.find("label").replaceChildren(face ? worded(face.title) : "");
      row.find("below").replaceChildren(face?.centre.value ?? "", " ", stamped("state", standing.state) as HTMLElement);
      return row.root;
    }),
  );
  view.submit("record-form", async (form) => {
    const chosen = new FormData(form).getAll("chosen").map(String);
    if (!chosen.length) return tell(say("record.none"));
    save("record.pdf", await setOnPaper(session, ready.flatMap(({ paper }) => (chosen.includes(paper.id) ? [paper] : []))), "application/pdf");
    open("record", say("record.made"));
  });
}

async function setOnPaper(session: Session, papers: Paper[]): Promise<Blob> {
  const entries: Json[] = [];
  for (const paper of papers) {
    const document = documentOf(paper);
    const said = document ? await saidOf(session, document) : [];
    entries.push({ certificate: paper.text, said: said.map(({ text }) => text) });
  }
  const headers = { Authorization: `Bearer ${await session.access()}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ language, entries });
  const answer = await fetch("/wallet/api/v1/dossiers", { method: "POST", credentials: "omit", cache: "no-store", headers, body }).catch(() => null);
  if (!answer || answer.status >= 500) throw new Unreachable("the server did not answer");
  if (!answer.ok) throw new Refused(answer.status, (await answer.json().catch(() => ({}))) as { [name: string]: Json });
  return answer.blob();
}
