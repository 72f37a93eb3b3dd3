// What `npm test` runs: lint, types, checks, unit, integration and end-to-end tests, one line each.
//   node tools/test.mjs [lint|types|checks|unit|integration|e2e …]
// Ends with `N passed, N failed, N skipped`; exit code 0 when nothing failed. Whole outputs: tmp/test/<step>.log
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const logs = join(root, "tmp/test");
/** No step may hang: a server that does not start would otherwise hold the run for ever. */
const LONGEST_MS = 9 * 60_000;

const plain = (...args) => ({ args });
const jest = (workers, pattern, ...args) => ({
  jest: true,
  args: [
    "node_modules/jest/bin/jest.js",
    "--config",
    "jest.config.cjs",
    "--maxWorkers",
    String(workers),
    "--passWithNoTests",
    "--testMatch",
    pattern,
    ...args,
  ],
});
const STEPS = {
  lint: plain("tools/lint.mjs"),
  types: plain("node_modules/typescript-native/bin/tsc", "-p", "tsconfig.json", "--pretty", "false"),
  checks: jest(2, "**/tools/checks/**/*.spec.ts"),
  unit: jest(2, "**/*.spec.ts", "--testPathIgnorePatterns", "/tools/checks/"),
  integration: jest(2, "**/*.int-spec.ts"),
  e2e: jest(2, "**/*.e2e-spec.ts"),
};

function run(name, { args }) {
  const log = createWriteStream(join(logs, `${name}.log`));
  const child = spawn(process.execPath, args, {
    cwd: root,
    // A group of its own, so that nothing of a step outlives it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NX_DAEMON: "false", FORCE_COLOR: "0" },
  });
  const stop = () => end(child);
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const timer = setTimeout(() => {
    log.write(`\nended after ${LONGEST_MS / 60_000} minutes\n`);
    stop();
  }, LONGEST_MS);
  for (const out of [child.stdout, child.stderr]) out.pipe(log, { end: false });
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearTimeout(timer);
      process.off("SIGINT", stop).off("SIGTERM", stop);
      log.end(() => resolve(code ?? 1));
    });
  });
}

function end(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Counts of a jest run, with the words to show for what failed. */
function judgeJest(report, code) {
  if (!report) return { passed: 0, failed: 1, skipped: 0, faults: ["jest did not end by itself"] };
  const suites = report.testResults.filter(({ status, assertionResults }) => {
    return status === "failed" && assertionResults.every((test) => test.status !== "failed");
  });
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map((test) => ({ name, ...test })),
  );
  const faults = [
    ...suites.map(({ name, message }) => `${name.slice(root.length + 1)}\n${message}`),
    ...tests.map(({ name, fullName, failureMessages }) => {
      return `${name.slice(root.length + 1)}: ${fullName}\n${failureMessages.join("\n")}`;
    }),
  ];
  const failed = tests.length + suites.length;
  // Jest may fail without a failed test: a worker that was killed, a teardown that threw.
  const silent = failed === 0 && code !== 0 ? 1 : 0;
  if (silent) faults.push("jest failed without a failed test");
  const skipped = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: failed + silent, skipped, faults };
}

const indent = (text, lines = 25) =>
  text
    .split("\n")
    .slice(0, lines)
    .map((line) => `    ${line}`)
    .join("\n");

async function judge(name, step) {
  const report = join(logs, `${name}.json`);
  rmSync(report, { force: true });
  const args = step.jest ? [...step.args, "--json", `--outputFile=${report}`] : step.args;
  const code = await run(name, { args });
  if (step.jest) return judgeJest(readReport(report), code);
  const faults = code === 0 ? [] : [readFileSync(join(logs, `${name}.log`), "utf8")];
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, faults };
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`there is no step ${unknown.join(", ")}; there are ${Object.keys(STEPS).join(", ")}`);
  process.exit(2);
}
mkdirSync(logs, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, step] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  const result = await judge(name, step);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const count of Object.keys(total)) total[count] += result[count];
  const counts = step.jest ? `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped` : "";
  const verdict = result.failed === 0 ? "ok    " : "FAILED";
  console.log(`${name.padEnd(12)} ${verdict} ${`${seconds} s`.padStart(8)}  ${counts}`.trimEnd());
  for (const fault of result.faults.slice(0, 20)) console.log(indent(fault));
}
console.log(`outputs: ${logs}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
