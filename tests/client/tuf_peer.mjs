// Opens lists with tuf-js, which shares no line with ours, once for each case: what it has seen before, and what is served.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { files, root, targets, now, cases } = JSON.parse(readFileSync(0, "utf8"));
const moment = Date.parse(now);
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length ? given : [moment]));
  }
};
const { BaseFetcher, Updater } = await import("tuf-js");
const { DownloadHTTPError } = await import("../../node_modules/tuf-js/dist/error.js");
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

class Held extends BaseFetcher {
  constructor(held) {
    super();
    this.held = held;
  }
  async fetch(address) {
    const found = this.held[address.replace("held://lists/", "")];
    if (!found) throw new DownloadHTTPError("not there", 404);
    return new Blob([bytes(found)]).stream();
  }
}

async function open(folder, held) {
  const updater = new Updater({
    metadataDir: folder,
    metadataBaseUrl: "held://lists/metadata/",
    targetDir: folder,
    targetBaseUrl: "held://lists/targets/",
    fetcher: new Held(held),
  });
  await updater.refresh();
  for (const path of targets) {
    const found = await updater.getTargetInfo(path);
    if (!found) throw new Error(`${path} is not listed`);
    await updater.downloadTarget(found, join(folder, "target"));
  }
  return JSON.parse(readFileSync(join(folder, "timestamp.json"))).signed.version;
}

const said = [];
for (const { before, changes } of cases) {
  const folder = mkdtempSync(join(tmpdir(), "tuf-"));
  writeFileSync(join(folder, "root.json"), bytes(root));
  try {
    if (before["metadata/timestamp.json"]) await open(folder, before);
    said.push({ version: await open(folder, { ...files, ...changes }) });
  } catch (error) {
    said.push({ refused: error.message });
  }
  rmSync(folder, { recursive: true });
}
console.log(JSON.stringify(said));
