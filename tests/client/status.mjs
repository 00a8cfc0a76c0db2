// Reads the status of a certificate as the browser does, with lists that are kept; and says which fetched list takes a kept one's place.
import { readFileSync } from "node:fs";
import { openLists } from "../../web/client/lists.ts";
import { quietStatus, replaces } from "../../web/client/status.ts";

const { lists, document, cases, pairs } = JSON.parse(readFileSync(0, "utf8"));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const open = ({ files, root }) => openLists(async (path) => (files[path] ? bytes(files[path]) : null), bytes(root), new Date());
const statuses = [];
for (const { list, kept } of cases) statuses.push(await quietStatus(document, await open(lists[list]), async (url) => (kept[url] ? bytes(kept[url]) : null)));
const opened = await open(lists[0]);
const replaced = [];
for (const [fetched, kept] of pairs) replaced.push(await replaces(bytes(fetched), kept && bytes(kept), opened));
console.log(JSON.stringify({ statuses, replaced }));
