// Reads lines of passports and compares names, as the page does.
import { readFileSync } from "node:fs";
import { isSeen } from "../../web/client/commitment.ts";
import { likeness, parseTravel } from "../../web/client/passport.ts";

const { lines, names, documents } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const marks = lines.map((text) => parseTravel(text)?.mark ?? "");
const seen = await Promise.all(documents.map(async (document) => (await isSeen(marks[0], document)) ?? null));
console.log(JSON.stringify({ read: lines.map(parseTravel), likeness: names.map(([one, other]) => likeness(one, other)), seen }));
