// What `npm run chaos -- [--minutes N] [--seed S] [--mutant NAME] [--list-mutants] [--json] [--save FILE]` runs: builds the
// services and the run itself, then lets it loose. Exit code 0: clean, 1: a violation was found, 2: invalid or failed.
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildAll } from "./build-all.mjs";
import { buildFrom, root } from "./build.mjs";

try {
  await buildAll(["apps/gateway", "apps/integration-config", "apps/sync-engine"]);
  await buildFrom("apps/e2e/src/chaos", ["main"], "dist/chaos");
} catch (error) {
  if (!error?.errors) console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
process.chdir(root);
const main = join(root, "dist/chaos/main.js");
process.argv[1] = main;
createRequire(import.meta.url)(main);
