import { spawnSync } from "node:child_process";
import { ROOT } from "./workspace";

interface Case {
  /** A file that exists: the type checker must know it. */
  filePath: string;
  text: string;
  /** The rule that must speak; undefined: none may. */
  rule?: string;
}

const BOUNDARY = "@nx/enforce-module-boundaries";
const importing = (filePath: string, module: string, rule: string | undefined = BOUNDARY): Case => ({
  filePath,
  text: `import { something } from "${module}";\nexport const used = something;\n`,
  ...(rule === undefined ? {} : { rule }),
});
const allowed = (filePath: string, module: string): Case => ({ ...importing(filePath, module), rule: undefined });
const code = (text: string, rule: string): Case => ({ filePath: "libs/domain/src/hash.ts", text, rule });

const CASES: Case[] = [
  importing("apps/gateway/src/start.ts", "@dovetail/adapter-registry"),
  importing("apps/gateway/src/start.ts", "@dovetail/adapter-sdk"),
  importing("apps/gateway/src/start.ts", "@dovetail/sync-engine"),
  importing("apps/integration-config/src/start.ts", "@dovetail/adapter-odoo"),
  importing("apps/sync-engine/src/start.ts", "@dovetail/adapter-odoo"),
  importing("apps/sync-engine/src/start.ts", "@dovetail/testing"),
  importing("apps/sync-engine/src/start.ts", "@dovetail/gateway"),
  importing("apps/platform/src/main.ts", "../../gateway/src/config"),
  importing("apps/platform/src/main.ts", "@dovetail/adapter-registry"),
  importing("apps/erp-simulator/src/start.ts", "@dovetail/contracts"),
  importing("libs/contracts/src/events.ts", "@dovetail/messaging"),
  importing("libs/domain/src/hash.ts", "@dovetail/crypto"),
  importing("libs/mapping/src/index.ts", "@dovetail/contracts"),
  importing("libs/messaging/src/bus.ts", "@dovetail/mapping"),
  importing("libs/adapters/odoo/src/adapter.ts", "@dovetail/contracts"),
  importing("libs/adapters/odoo/src/adapter.ts", "@dovetail/messaging"),
  importing("libs/adapters/odoo/src/adapter.ts", "@nestjs/common"),
  importing("libs/adapters/odoo/src/adapter.ts", "@dovetail/mapping", "@typescript-eslint/no-restricted-imports"),
  allowed("apps/sync-engine/src/start.ts", "@dovetail/adapter-registry"),
  allowed("apps/platform/src/main.ts", "@dovetail/gateway"),
  allowed("libs/messaging/src/bus.int-spec.ts", "@dovetail/testing"),
  code("export const value: any = 1;\n", "@typescript-eslint/no-explicit-any"),
  code('export * from "./key";\n', "no-restricted-syntax"),
  code("const unused = 1;\n", "@typescript-eslint/no-unused-vars"),
  code("export function go() {\n  Promise.resolve(1);\n}\n", "@typescript-eslint/no-floating-promises"),
];

function run(script: string, args: string[], input?: string) {
  return spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    // Where CI=true is set, the parser would take a file's text from the disk instead of the one that is given.
    env: { ...process.env, NX_DAEMON: "false", TSESTREE_SINGLE_RUN: "false" },
    ...(input === undefined ? {} : { input }),
  });
}

describe("the rules that are lint errors", () => {
  let answers: string[][] = [];
  beforeAll(() => {
    // Without the project graph the import rules are silently skipped.
    const graph = run("node_modules/.bin/nx", ["graph", "--file=tmp/graph.json"]);
    if (graph.status !== 0) throw new Error(graph.stderr);
    const lint = run("tools/checks/lint-texts.mjs", [], JSON.stringify(CASES));
    if (lint.status !== 0) throw new Error(lint.stderr);
    answers = JSON.parse(lint.stdout) as string[][];
  }, 180_000);

  it.each(CASES.map(({ filePath, text, rule }, n) => [filePath, text.split("\n")[0], rule ?? "nothing", n] as const))(
    "%s: %s → %s",
    (_file, _text, rule, n) => {
      const spoken = (answers[n] ?? []).map((message) => message.slice(0, message.indexOf(":")));
      if (rule === "nothing") expect(spoken).not.toContain(BOUNDARY);
      else expect(spoken).toContain(rule);
    },
  );
});
