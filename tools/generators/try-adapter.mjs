// Generates an adapter in a scratch copy of this checkout, then type checks and tests it there. Exit code 0: green.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "generated-adapter-"));
const NAME = "scratch-erp";
const COPIED = ["libs", "types", "tools/jest-text.cjs", "jest.preset.cjs", "package.json", "package-lock.json"];
const jestConfig = `module.exports = { ...require("./jest.preset.cjs"), rootDir: __dirname,
  roots: ["<rootDir>/libs/adapters/${NAME}", "<rootDir>/libs/adapters/registry"], testMatch: ["**/*.spec.ts"] };\n`;

function run(...args) {
  execFileSync(process.execPath, args, { cwd: scratch, stdio: ["ignore", "pipe", "inherit"], timeout: 300_000 });
}

try {
  mkdirSync(join(scratch, "tools"));
  for (const path of [...COPIED, "tsconfig.base.json", "tsconfig.json"]) {
    cpSync(join(root, path), join(scratch, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"), "dir");
  execFileSync(process.execPath, [join(import.meta.dirname, "adapter.mjs"), NAME, "--out", scratch], {
    stdio: "ignore",
  });
  const check = {
    extends: "./tsconfig.base.json",
    include: [`libs/adapters/${NAME}/**/*.ts`, "libs/adapters/registry/**/*.ts", "types/**/*.d.ts"],
  };
  writeFileSync(join(scratch, "tsconfig.check.json"), JSON.stringify(check));
  run("node_modules/typescript-native/bin/tsc", "-p", "tsconfig.check.json");
  writeFileSync(join(scratch, "jest.config.cjs"), jestConfig);
  run("node_modules/jest/bin/jest.js", "--config", "jest.config.cjs", "-w", "1", "--silent", "--reporters", "default");
  console.log("a generated adapter is green");
} catch (error) {
  process.stderr.write(error.stdout ?? "");
  console.error(`a generated adapter is not green: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
