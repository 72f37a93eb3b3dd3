// Reads a report of jest: prints `<passed> <failed> <skipped>`, then what failed.
//   node counts.mjs <report.json> <exit code of jest>
import { readFileSync } from "node:fs";

const [file = "", code = "1"] = process.argv.slice(2);

function read() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

const report = read();
if (!report) {
  console.log(`0 1 0\njest did not end by itself (exit code ${code})`);
} else {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const broken = tests.filter(({ status }) => status === "failed");
  // A file that does not load has no tests.
  const empty = report.testResults.filter(({ status, assertionResults }) => {
    return status === "failed" && assertionResults.every((test) => test.status !== "failed");
  });
  const faults = [
    ...empty.map(({ name, message }) => `${name}\n${message}`),
    ...broken.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join("\n")}`),
  ];
  if (faults.length === 0 && code !== "0") faults.push(`jest ended with exit code ${code} without a failed test`);
  console.log(`${report.numPassedTests} ${faults.length} ${report.numPendingTests + report.numTodoTests}`);
  for (const fault of faults.slice(0, 10)) console.log(fault.split("\n").slice(0, 20).join("\n"));
}
