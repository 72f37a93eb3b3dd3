import { files } from "./workspace";

/** Written in parts, so that this file does not fall under its own rule. */
const word = (...parts: string[]): RegExp => new RegExp(parts.join(""));
const FORBIDDEN: readonly [RegExp, string][] = [
  [word("/wo", "rk/"), "a path of one machine"],
  [word("/home", "/[a-z]"), "a path of one machine"],
  [word("registry\\.(npm", "js|yarn)"), "a package registry"],
  [word("\\bits", "sues? #?\\d"), "a number in a tracker"],
  [word("\\bTO", "DO\\b|\\bFIX", "ME\\b|\\bX", "XX\\b"), "work left over"],
  [word("eslint-dis", "able"), "a rule switched off"],
  [word("@ts-(ign", "ore|no", "check|expect-e", "rror)"), "the compiler switched off"],
  [word("\\b(it|describe|test)\\.on", "ly\\("), "a test that leaves others out"],
  // Where something may be absent, the test says so in a condition before it.
  [word("^\\s*(it|describe|test)\\.sk", "ip\\("), "a test that is left out"],
];

const FOLDERS = ["apps", "libs", "tools", "docs", "deploy", ".ci"];
const EXTENSIONS = [".ts", ".mjs", ".cjs", ".sh", ".md", ".sql", ".json", ".tmpl", "/run"];

it("no file holds what does not belong to the product", () => {
  const faults = files(FOLDERS, ...EXTENSIONS)
    .filter(({ path }) => !path.endsWith("tools/checks/words.spec.ts"))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .flatMap((line, n) =>
          FORBIDDEN.filter(([pattern]) => pattern.test(line)).map(
            ([, what]) => `${path}:${n + 1}: ${what}: ${line.trim()}`,
          ),
        ),
    );
  expect(faults).toEqual([]);
});
