// Builds every app that has a src/main.ts, side by side, and leaves out those whose sources have not changed:
//   node tools/build-all.mjs [app …]
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildApp, root } from "./build.mjs";

/** What changes every bundle beside its own sources. */
const ALWAYS = ["tools/build.mjs", "tsconfig.base.json", "package-lock.json"];

function fingerprint(files) {
  const hash = createHash("sha256");
  for (const file of [...ALWAYS, ...files]) {
    const path = join(root, file);
    hash.update(`${file}\0`).update(existsSync(path) ? readFileSync(path) : "absent");
  }
  return hash.digest("hex");
}

const stampOf = (app) => join(root, "dist", app, "inputs.json");

function isCurrent(app) {
  try {
    const { files, hash } = JSON.parse(readFileSync(stampOf(app), "utf8"));
    return existsSync(join(root, "dist", app, "main.js")) && fingerprint(files) === hash;
  } catch {
    return false;
  }
}

async function rebuild(app) {
  const files = (await buildApp(app)).filter((file) => !file.startsWith("node_modules/")).sort();
  const stamp = stampOf(app);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(`${stamp}.new`, JSON.stringify({ files, hash: fingerprint(files) }));
  renameSync(`${stamp}.new`, stamp);
}

/** The apps that can be started, as paths from the root. */
export function startableApps() {
  return readdirSync(join(root, "apps"))
    .map((name) => `apps/${name}`)
    .filter((app) => existsSync(join(root, app, "src/main.ts")));
}

/** Brings the given apps' bundles up to date; answers those that were built. */
export async function buildAll(apps = startableApps()) {
  const stale = apps.filter((app) => !isCurrent(app));
  await Promise.all(stale.map(rebuild));
  return stale;
}

if (process.argv[1] === import.meta.filename) {
  const started = performance.now();
  const named = process.argv.slice(2).map((name) => (name.startsWith("apps/") ? name : `apps/${name}`));
  const built = await buildAll(named.length > 0 ? named : undefined);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(built.length > 0 ? `built ${built.join(", ")} in ${seconds} s` : "everything is up to date");
}
