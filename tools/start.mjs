// What `npm start` runs: builds what has changed, then starts the platform in this very process,
// so that no second process can be left behind.
import { createRequire } from "node:module";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Dovetail needs Node.js 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

// npm ends with kill -9 without telling its child: whoever started us is gone, so are we.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
  }, 500).unref();
}

try {
  const { buildAll } = await import("./build-all.mjs");
  await buildAll(["apps/platform"]);
} catch (error) {
  if (error?.code === "ERR_MODULE_NOT_FOUND") {
    console.error("The dependencies are not installed: run `npm ci` first.");
  } else if (!error?.errors) {
    console.error(error instanceof Error ? error.message : error);
  }
  process.exit(1);
}
process.chdir(root);
const main = join(root, "dist/apps/platform/main.js");
process.argv[1] = main;
createRequire(import.meta.url)(main);
