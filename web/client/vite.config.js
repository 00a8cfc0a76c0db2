// Builds the browser's part into web/static/app, under names that stay: the server tells the worker which versions they are.
// Beside it, in web/static/app/packed, stand Brotli copies of everything that a device keeps, of styles without comments and spaces;
// the server hands them out.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { transform } from "lightningcss";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const STATIC = here("../static/");
const PACKED = /\.(css|js|svg|wasm)$/;
const TRIED = { params: { [constants.BROTLI_PARAM_LGBLOCK]: 16, [constants.BROTLI_PARAM_LGWIN]: 19 } }; // the code reader packs best so

function small(path) {
  const whole = readFileSync(STATIC + path);
  return path.endsWith(".css") ? transform({ filename: path, code: whole, minify: true }).code : whole;
}

function pack() {
  const files = readdirSync(STATIC, { recursive: true }).filter((path) => PACKED.test(path) && statSync(STATIC + path).isFile());
  for (const path of files) {
    const target = `${STATIC}app/packed/${path}.br`;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, brotliCompressSync(small(path), TRIED));
  }
}

export default defineConfig({
  root: here("."),
  base: "/static/app/",
  publicDir: false,
  logLevel: "warn",
  plugins: [{ name: "pack", closeBundle: pack }],
  build: {
    outDir: here("../static/app"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: { holder: here("holder.ts"), offline: here("offline.ts"), reading: here("reading.ts"), vault: here("vault.ts"), worker: here("worker.ts") },
      preserveEntrySignatures: "allow-extension",
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
    },
  },
});
