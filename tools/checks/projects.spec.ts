import { basename, dirname } from "node:path";
import { CODE, files, folders, json, lineCount, typescript } from "./workspace";

const MOST_PROJECT_LINES = 12;
const MOST_README_LINES = 120;
const MOST_SCRIPTS = 15;
/** The administrator guide's own script names come on top. */
const GUIDE = /^(erp:|seed:erp$|start:|test:coverage$|test:integration$)/;

describe("every project", () => {
  it.each(files(CODE, "project.json").map((file) => [file.path, file]))("%s", (path, { text }) => {
    const { name, tags } = JSON.parse(text) as { name: string; tags?: string[] };
    expect(lineCount(text)).toBeLessThanOrEqual(MOST_PROJECT_LINES);
    const folder = dirname(path);
    expect(name).toBe(folder.startsWith("libs/adapters/") ? `adapter-${basename(folder)}` : basename(folder));
    expect(tags?.filter((tag) => /^type:[a-z0-9-]+$/.test(tag))).toHaveLength(1);
  });
});

it("every app and lib is a project", () => {
  const projects = new Set(files(CODE, "project.json").map(({ path }) => dirname(path)));
  const homes = typescript().flatMap(
    ({ path }) => /^((?:apps|libs)\/(?:adapters\/)?[^/]+)\/src\//.exec(path)?.[1] ?? [],
  );
  expect([...new Set(homes)].filter((home) => !projects.has(home))).toEqual([]);
});

it("no folder says nothing", () => {
  const empty = new Set(["shared", "common", "core", "utils", "util", "helpers", "misc", "lib"]);
  expect(folders(CODE).filter((path) => empty.has(basename(path)))).toEqual([]);
  const named = typescript().filter(
    ({ path }) => empty.has(basename(path, ".ts")) || /\.(utils?|helpers?)\.ts$/.test(path),
  );
  expect(named.map(({ path }) => path)).toEqual([]);
});

it("index.ts stands at the root of a lib alone", () => {
  const others = typescript().filter(
    ({ path }) => basename(path) === "index.ts" && !/^libs\/(adapters\/)?[^/]+\/src\/index\.ts$/.test(path),
  );
  expect(others.map(({ path }) => path)).toEqual([]);
});

it("no README is longer than 120 lines", () => {
  const long = files(["."], "README.md").filter(({ text }) => lineCount(text) > MOST_README_LINES);
  expect(long.map(({ path, text }) => `${path}: ${lineCount(text)}`)).toEqual([]);
});

it("package.json has at most 15 scripts beside the guide's", () => {
  const { scripts } = json<{ scripts: Record<string, string> }>("package.json");
  expect(Object.keys(scripts).filter((name) => !GUIDE.test(name)).length).toBeLessThanOrEqual(MOST_SCRIPTS);
});

it("the lock file names no registry", () => {
  const { packages } = json<{ packages: Record<string, { resolved?: string }> }>("package-lock.json");
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved?.startsWith("http"))).toEqual([]);
});
