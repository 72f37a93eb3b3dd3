// One PostgreSQL per jest run, started in jest's own process; it dies with it, even by kill -9, and takes its folder along.
// Specs find it by DOVETAIL_TEST_POSTGRES_URL; when that is set from outside, the server named there is used.
const { mkdtempSync } = require("node:fs");
const Module = require("node:module");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** jest does not transform global setup: the launcher is compiled here, in memory (a few milliseconds). */
function loadLauncher() {
  const entry = join(__dirname, "../../embedded/src/index.ts");
  const { outputFiles } = require("esbuild").buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "cjs",
    packages: "external",
    write: false,
  });
  const compiled = new Module(entry);
  compiled.filename = entry;
  compiled.paths = Module._nodeModulePaths(__dirname);
  compiled._compile(outputFiles[0].text, entry);
  return compiled.exports;
}

module.exports = async () => {
  if (process.env.DOVETAIL_TEST_POSTGRES_URL) return;
  const { startPostgres } = loadLauncher();
  const server = await startPostgres({
    dir: mkdtempSync(join(tmpdir(), "dovetail-jest-")),
    password: "test",
    maxConnections: 200,
    unsafeFast: true,
    temporary: true,
  });
  process.env.DOVETAIL_TEST_POSTGRES_URL = server.url;
  globalThis.__dovetailTestPostgres = server;
};
