// What `npm run lint` runs: eslint with the project graph that the import rules need (they are silently skipped without).
//   node tools/lint.mjs [--fix] [path …]
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const env = { ...process.env, NX_DAEMON: "false", NX_NO_CLOUD: "true" };

function run(...args) {
  return spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
}

mkdirSync(join(root, "tmp"), { recursive: true });
const graph = run("node_modules/.bin/nx", "graph", "--file=tmp/graph.json");
if (graph.status !== 0) {
  process.stderr.write(`the project graph could not be made:\n${graph.stdout}${graph.stderr}`);
  process.exit(1);
}
const paths = process.argv.slice(2);
const lint = run("node_modules/eslint/bin/eslint.js", "--max-warnings", "0", ...(paths.length > 0 ? paths : ["."]));
process.stdout.write(lint.stdout);
process.stderr.write(lint.stderr);
if (`${lint.stdout}${lint.stderr}`.includes("The rule will be skipped")) {
  process.stderr.write("the import rules were skipped: there is no project graph\n");
  process.exit(1);
}
process.exit(lint.status ?? 1);
