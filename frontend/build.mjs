// Builds frontend/dist/: cairn.css, cairn.js, cairn.svg and the fonts. Nothing built is committed.
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts) => path.join(here, ...parts);
const dist = at("dist");

await rm(dist, { recursive: true, force: true });
await mkdir(path.join(dist, "fonts"), { recursive: true });

const styles = sass.compile(at("styles/cairn.scss"), {
  loadPaths: [at("node_modules")],
  quietDeps: true,
  silenceDeprecations: ["import"],
});
const target = ["chrome109", "firefox115", "safari16"];
const css = await esbuild.transform(styles.css, { loader: "css", minify: true, target });
await writeFile(path.join(dist, "cairn.css"), css.code);

await esbuild.build({
  entryPoints: [at("src/cairn.js")],
  outfile: path.join(dist, "cairn.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target,
  legalComments: "none",
});

await cp(at("src/cairn.svg"), path.join(dist, "cairn.svg"));
await cp(
  at("node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"),
  path.join(dist, "fonts/inter-latin.woff2"),
);

// Fonts of the printed record, read by the server alone: the pages' own face, and one with more scripts and signs.
const printed = {
  "@expo-google-fonts/inter": ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"],
  "dejavu-fonts-ttf/ttf": ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"],
};
for (const [from, names] of Object.entries(printed)) {
  for (const name of names) {
    await cp(at("node_modules", from, name), path.join(dist, "fonts", path.basename(name)));
  }
}

const budget = 200_000;
let total = 0;
for (const name of ["cairn.css", "cairn.js", "cairn.svg", "fonts/inter-latin.woff2"]) {
  const file = path.join(dist, name);
  const bytes = name.endsWith(".woff2") ? (await stat(file)).size : gzipSync(await readFile(file)).length;
  total += bytes;
  console.log(`${name.padEnd(26)}${(bytes / 1000).toFixed(1).padStart(8)} kB compressed`);
}
console.log(`${"first load".padEnd(26)}${(total / 1000).toFixed(1).padStart(8)} kB of ${budget / 1000}`);
if (total > budget) {
  console.error("The first load is over its budget.");
  process.exit(1);
}
