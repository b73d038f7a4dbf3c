import { defineConfig } from "vite";

/** Builds the files that pages link: a script, a style sheet and an icon, with names that change with the content. */
export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ["source"] },
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
    rollupOptions: { input: ["main.ts", "style.css", "icon.svg"].map((file) => `${import.meta.dirname}/${file}`) },
  },
});
