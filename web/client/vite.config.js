// Builds the browser's part into web/static/app, under names that stay: the server tells the worker which versions they are.
// Beside it, in web/static/app/packed, stand Brotli copies of everything that a device keeps; the server hands them out.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const STATIC = here("../static/");
const PACKED = /\.(css|js|svg|wasm)$/;

function pack() {
  const files = readdirSync(STATIC, { recursive: true }).filter((path) => PACKED.test(path) && statSync(STATIC + path).isFile());
  for (const path of files) {
    const target = `${STATIC}app/packed/${path}.br`;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, brotliCompressSync(readFileSync(STATIC + path)));
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
