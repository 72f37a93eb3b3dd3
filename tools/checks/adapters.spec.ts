import { existsSync } from "node:fs";
import { join } from "node:path";
import { ADAPTERS } from "@dovetail/adapter-registry";
import { adapterNames, files, json, ROOT } from "./workspace";

interface TsConfig {
  compilerOptions: { paths: Record<string, string[]> };
}

describe("an adapter stands in its folder, the registry, the docs and tsconfig.base.json", () => {
  const names = adapterNames();
  const list = files(["libs/adapters/registry/src"], "/list.ts")[0]?.text ?? "";
  const { paths } = json<TsConfig>("tsconfig.base.json").compilerOptions;

  it.each(names)("%s", (name) => {
    expect(list).toContain(`"@dovetail/adapter-${name}"`);
    expect(paths[`@dovetail/adapter-${name}`]).toEqual([`./libs/adapters/${name}/src/index.ts`]);
    expect(existsSync(join(ROOT, "docs/systems", `${name}.md`))).toBe(true);
    expect(existsSync(join(ROOT, "libs/adapters", name, "test", `${name}.conformance.spec.ts`))).toBe(true);
    expect(json<{ tags: string[] }>(`libs/adapters/${name}/project.json`).tags).toEqual(["type:adapter"]);
  });

  it("and nothing else stands there", () => {
    expect(ADAPTERS).toHaveLength(names.length);
    expect((list.match(/@dovetail\/adapter-/g) ?? []).length).toBe(names.length);
    const pages = files(["docs/systems"], ".md").map(({ path }) => path.slice("docs/systems/".length, -".md".length));
    expect(pages.filter((page) => !names.includes(page) && page !== "README")).toEqual([]);
    const aliases = Object.keys(paths).flatMap((alias) => /^@dovetail\/adapter-(.+)$/.exec(alias)?.[1] ?? []);
    expect(aliases.filter((name) => !["sdk", "registry", "conformance", ...names].includes(name))).toEqual([]);
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
