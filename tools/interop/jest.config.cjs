const preset = require("../../jest.preset.cjs");
const { join } = require("node:path");
/** Suites against real systems that Debian packages bring: apart from `npm test`, for they install software. */
module.exports = {
  ...preset,
  rootDir: join(__dirname, "../.."),
  roots: ["<rootDir>/apps/e2e", "<rootDir>/libs/adapters", "<rootDir>/tools/interop"],
  testMatch: ["**/*.interop.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist"],
  // The first run unpacks a whole Odoo.
  testTimeout: 1_800_000,
};
