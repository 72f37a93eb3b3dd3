// Jest 30 cannot require() ES modules before Node 24.9, and Nest 12 ships ESM only:
// compile exactly the ESM-only packages to CommonJS with swc (cached by jest).
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { compilerOptions } = JSON.parse(
  readFileSync(join(__dirname, "tsconfig.base.json"), "utf8"),
);
// A star of an alias stands for the same text in its path, as for TypeScript.
const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([k, [v]]) => [
    `^${k.replace("*", "([^/]+)")}$`,
    join(__dirname, v.replace("*", "$1")),
  ]),
);
const swc = (parser) => [
  "@swc/jest",
  {
    swcrc: false,
    jsc: {
      parser,
      target: "es2022",
      keepClassNames: true,
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        useDefineForClassFields: false,
      },
    },
    module: { type: "commonjs" },
    sourceMaps: "inline",
  },
];
// Every installed package that is "type": "module" (about 40 ms for 800 packages; the list never goes stale).
const lock = JSON.parse(
  readFileSync(join(__dirname, "package-lock.json"), "utf8"),
);
const esmOnly = [
  ...new Set(
    Object.keys(lock.packages)
      .filter((p) => p.includes("node_modules/"))
      .filter((p) => {
        try {
          return (
            JSON.parse(readFileSync(join(__dirname, p, "package.json"), "utf8"))
              .type === "module"
          );
        } catch {
          return false;
        }
      })
      .map((p) => p.split("node_modules/").pop()),
  ),
];
module.exports = {
  testEnvironment: "node",
  moduleNameMapper,
  setupFiles: ["reflect-metadata"],
  transform: {
    "^.+\\.sql$": join(__dirname, "tools/jest-text.cjs"),
    "^.+\\.ts$": swc({ syntax: "typescript", decorators: true }),
    "^.+\\.m?js$": swc({ syntax: "ecmascript" }),
  },
  transformIgnorePatterns: [
    `/node_modules/(?!(?:.*/node_modules/)?(?:${esmOnly.join("|")})/)`,
  ],
  moduleFileExtensions: ["ts", "js", "mjs", "cjs", "json", "sql", "node"],
};
