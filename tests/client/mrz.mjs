// Reads the lines of passports in grey pictures, given one after the other: { width, height, pixels: base64 }.
import { readFileSync } from "node:fs";
import { readMrz } from "../../web/client/mrz.ts";

const pictures = JSON.parse(readFileSync(process.argv[2], "utf8"));
const read = pictures.map(({ width, height, pixels }) => readMrz({ width, height, pixels: new Uint8Array(Buffer.from(pixels, "base64")) }));
console.log(JSON.stringify(read));
