// Recognizes dossiers as the browser does, by several lists. Prints the outcomes in order.
import { readFileSync } from "node:fs";
import { coCertification } from "../../web/client/endorsements.ts";
import { openLists } from "../../web/client/lists.ts";
import { recognize } from "../../web/client/recognize.ts";

const { lists, dossiers } = JSON.parse(readFileSync(0, "utf8"));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const opened = [];
for (const { files, root, corridor } of lists) {
  opened.push(await openLists(async (path) => (files[path] ? bytes(files[path]) : null), bytes(root), new Date(), 0, corridor ?? null));
}
const said = dossiers.map(({ list, verified, state, at, now, beside, compared }) => {
  const moments = { at: Date.parse(at), now: Date.parse(now) };
  const { granted, ...found } = recognize(verified, state, opened[list], moments, beside, compared);
  const outcome = beside ? { ...found, certified: coCertification(verified, beside, opened[list], moments) } : found;
  if (!granted) return outcome;
  const until = granted.until === null ? null : new Date(granted.until).toISOString().replace(".000Z", "+00:00");
  return { ...outcome, granted: { ...granted, until } };
});
console.log(JSON.stringify(said));
