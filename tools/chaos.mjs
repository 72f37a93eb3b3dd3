// What `npm run chaos -- [--minutes N] [--seed S] [--mutant NAME] [--schedule NAME] [--list-mutants] [--json] [--save FILE] [--history FILE]`
// runs: builds the services and the run itself, then lets it loose. A mutant is built into a folder of its own, from sources
// that are altered as they are read. Exit code 0: clean, 1: a violation was found, 2: invalid or failed.
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildAll } from "./build-all.mjs";
import { buildFrom, root } from "./build.mjs";

const SERVICES = ["apps/gateway", "apps/integration-config", "apps/sync-engine"];
const RUN = "apps/e2e/src/chaos";
const require = createRequire(import.meta.url);

/** The mutant that was asked for, if one was; its list is source of the run too. */
async function wantedMutant(args) {
  const at = args.findIndex((arg) => arg === "--mutant" || arg.startsWith("--mutant="));
  if (at < 0) return undefined;
  const name = args[at].includes("=") ? args[at].slice("--mutant=".length) : (args[at + 1] ?? "");
  await buildFrom(`${RUN}/mutants`, ["mutants"], "dist/chaos/mutants");
  const { mutantOf, mutated } = require(join(root, "dist/chaos/mutants/mutants.js"));
  const mutant = mutantOf(name);
  return { name, changed: (file, text) => mutated(mutant, file, text) };
}

async function buildMutant({ name, changed }) {
  const dist = join("dist/chaos", name);
  await Promise.all(SERVICES.map((app) => buildFrom(`${app}/src`, ["main"], join(dist, app), changed)));
  // migrations are run by the run itself
  await buildFrom(RUN, ["main"], dist, changed);
  return dist;
}

async function built(args) {
  const mutant = await wantedMutant(args);
  if (mutant) return buildMutant(mutant);
  if (!args.includes("--list-mutants") && !args.some((arg) => arg.startsWith("--history"))) await buildAll(SERVICES);
  await buildFrom(RUN, ["main"], "dist/chaos");
  return "dist/chaos";
}

try {
  const main = join(root, await built(process.argv.slice(2)), "main.js");
  process.chdir(root);
  process.argv[1] = main;
  require(main);
} catch (error) {
  if (!error?.errors) console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
