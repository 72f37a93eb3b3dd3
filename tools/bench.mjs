// What `npm run bench -- sync|api|writer|push|drain|scale [--json] [--rows N] [--quick]` runs: builds what is measured, then measures.
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildAll } from "./build-all.mjs";
import { root } from "./build.mjs";

await buildAll(["apps/sync-engine", "apps/gateway", "apps/platform", "tools/bench"]);
process.chdir(root);
const main = join(root, "dist/tools/bench/main.js");
process.argv[1] = main;
createRequire(import.meta.url)(main);
