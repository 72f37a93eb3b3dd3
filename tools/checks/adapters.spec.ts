import { existsSync } from "node:fs";
import { join } from "node:path";
import { ADAPTERS } from "@dovetail/adapter-registry";
import { adapterNames, files, json, ROOT } from "./workspace";

interface TsConfig {
  compilerOptions: { paths: Record<string, string[]> };
}

/** What the page of every system tells; it may tell more in between. */
const HEADINGS = ["Set up", "What arrives", "What is written", "What is particular", "Untested"];

describe("an adapter stands in its folder, in one line of the registry and in the docs", () => {
  const names = adapterNames();
  const list = files(["libs/adapters/registry/src"], "/list.ts")[0]?.text ?? "";
  const { paths } = json<TsConfig>("tsconfig.base.json").compilerOptions;

  it("under an alias that is every adapter's", () => {
    expect(Object.entries(paths).filter(([alias]) => alias.startsWith("@dovetail/adapter-"))).toEqual([
      ["@dovetail/adapter-*", ["./libs/adapters/*/src/index.ts"]],
    ]);
  });

  it.each(names)("%s", (name) => {
    expect(list).toContain(`"@dovetail/adapter-${name}"`);
    expect(existsSync(join(ROOT, "docs/systems", `${name}.md`))).toBe(true);
    expect(existsSync(join(ROOT, "libs/adapters", name, "test", `${name}.conformance.spec.ts`))).toBe(true);
    expect(json<{ tags: string[] }>(`libs/adapters/${name}/project.json`).tags).toEqual(["type:adapter"]);
  });

  it.each(names)("%s has a page that tells the same things in the same order", (name) => {
    const [page] = files(["docs/systems"], `/${name}.md`);
    const headings = [...(page?.text ?? "").matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? "");
    expect(headings.filter((heading) => HEADINGS.includes(heading))).toEqual(HEADINGS);
  });

  it("and nothing else stands there", () => {
    expect(ADAPTERS).toHaveLength(names.length);
    expect((list.match(/@dovetail\/adapter-/g) ?? []).length).toBe(names.length);
    const pages = files(["docs/systems"], ".md").map(({ path }) => path.slice("docs/systems/".length, -".md".length));
    expect(pages.filter((page) => !names.includes(page) && page !== "README")).toEqual([]);
  });
});

it("adapters are known in the registry alone", () => {
  const alias = new RegExp(`@dovetail/adapter-(${adapterNames().join("|")})["']`);
  const knowing = files(["apps", "libs"], ".ts")
    .filter(({ path }) => !/\.(int-|e2e-)?spec\.ts$|\/test\//.test(path))
    .filter(({ path }) => !/^libs\/adapters\/(registry|conformance)\//.test(path))
    .filter(({ path, text }) => alias.test(text) && !path.startsWith("libs/adapters/"));
  expect(knowing.map(({ path }) => path)).toEqual([]);
});
