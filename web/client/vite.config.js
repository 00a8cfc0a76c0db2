// Builds the browser's part into web/static/app, under names that stay: the server tells the worker which versions they are.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/static/app/",
  publicDir: false,
  logLevel: "warn",
  build: {
    outDir: here("../static/app"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: { offline: here("offline.ts"), worker: here("worker.ts") },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
    },
  },
});
