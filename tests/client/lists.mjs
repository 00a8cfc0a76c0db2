// Opens lists as the browser does, once for each case: the files of a folder, some of them replaced. Prints what came of each.
import { readFileSync } from "node:fs";
import { openLists } from "../../web/client/lists.ts";
import { MalformedValue } from "../../web/client/problems.ts";
import { ListsError } from "../../web/client/tuf.ts";

const { files, root, cases } = JSON.parse(readFileSync(0, "utf8"));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const said = [];
for (const { changes, seen } of cases) {
  const held = { ...files, ...changes };
  try {
    const lists = await openLists(async (path) => (held[path] ? bytes(held[path]) : null), bytes(root), new Date(), seen ?? 0);
    said.push({ version: lists.version, hash: lists.hash, published: lists.published.toISOString() });
  } catch (error) {
    if (!(error instanceof ListsError || error instanceof MalformedValue)) throw error;
    said.push({ refused: error.message });
  }
}
console.log(JSON.stringify(said));
