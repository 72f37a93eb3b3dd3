// One PostgreSQL per jest run, started in jest's own process; it ends with it, even by kill -9, and its folder goes too.
// Specs find it by DOVETAIL_TEST_POSTGRES_URL; when that is set from outside, the server named there is used.
const Module = require("node:module");
const { join } = require("node:path");

/** jest does not transform global setup: the launcher is compiled here, in memory (a few milliseconds). */
function loadLauncher() {
  const entry = join(__dirname, "test-postgres.ts");
  const { outputFiles } = require("esbuild").buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "cjs",
    packages: "external",
    alias: { "@dovetail/embedded": join(__dirname, "../../embedded/src/index.ts") },
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
  const server = await loadLauncher().startTestPostgres();
  process.env.DOVETAIL_TEST_POSTGRES_URL = server.url;
  globalThis.__dovetailTestPostgres = server;
};
