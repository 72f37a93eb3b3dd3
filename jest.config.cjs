const preset = require("./jest.preset.cjs");
/** One run over the whole workspace: a runner per project would start twenty times. */
module.exports = {
  ...preset,
  rootDir: __dirname,
  roots: ["<rootDir>/apps", "<rootDir>/libs", "<rootDir>/tools"],
  testMatch: ["**/*.spec.ts", "**/*.int-spec.ts", "**/*.e2e-spec.ts"],
  globalSetup: "<rootDir>/libs/testing/src/jest-global-setup.cjs",
  globalTeardown: "<rootDir>/libs/testing/src/jest-global-teardown.cjs",
  modulePathIgnorePatterns: ["<rootDir>/dist"],
  testTimeout: 60000,
};
