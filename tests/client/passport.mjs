// Reads lines of passports and compares names, as the page does.
import { readFileSync } from "node:fs";
import { likeness, parseTravel } from "../../web/client/passport.ts";

const { lines, names } = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify({ read: lines.map(parseTravel), likeness: names.map(([one, other]) => likeness(one, other)) }));
