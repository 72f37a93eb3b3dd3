import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isShipped, json, ROOT, typescript } from "./workspace";

const IMPORT = /^\s*(?:import|export)\s(?!type\b)[^;]*?from\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']/gm;

it("no cycle of imports: neither between files nor between projects", () => {
  const graph = importGraph();
  expect(cycles(graph)).toEqual([]);
  const projects = new Map<string, Set<string>>();
  for (const [from, targets] of graph) {
    const own = projectOf(from);
    const known = projects.get(own) ?? new Set<string>();
    for (const target of targets) if (projectOf(target) !== own) known.add(projectOf(target));
    projects.set(own, known);
  }
  expect(cycles(projects)).toEqual([]);
});

function importGraph(): Map<string, Set<string>> {
  const { paths } = json<{ compilerOptions: { paths: Record<string, [string]> } }>(
    "tsconfig.base.json",
  ).compilerOptions;
  const graph = new Map<string, Set<string>>();
  for (const { path, text } of typescript().filter((file) => isShipped(file.path))) {
    const targets = new Set<string>();
    for (const [, named, bare] of text.matchAll(IMPORT)) {
      const target = resolveImport(path, named ?? bare ?? "", paths);
      if (target !== undefined) targets.add(target);
    }
    graph.set(path, targets);
  }
  return graph;
}

/** The path of an alias; a star stands for the same text on both sides. */
function aliased(name: string, paths: Record<string, [string]>): string | undefined {
  if (paths[name]) return paths[name][0];
  for (const [alias, [path]] of Object.entries(paths)) {
    const [before = "", after] = alias.split("*");
    if (after !== undefined && name.startsWith(before) && name.endsWith(after))
      return path.replace("*", name.slice(before.length, name.length - after.length));
  }
  return undefined;
}

function resolveImport(from: string, name: string, paths: Record<string, [string]>): string | undefined {
  const alias = aliased(name, paths);
  if (alias !== undefined) return alias.replace(/^\.\//, "");
  if (!name.startsWith(".")) return undefined;
  const file = `${join(ROOT, dirname(from), name)}.ts`;
  return existsSync(file) && readFileSync(file).length > 0 ? relative(ROOT, file) : undefined;
}

function projectOf(path: string): string {
  return /^(?:apps|libs)\/(?:adapters\/)?[^/]+/.exec(path)?.[0] ?? path;
}

/** Each cycle once, as the names along it. */
function cycles(graph: Map<string, Set<string>>): string[] {
  const found: string[] = [];
  const state = new Map<string, "open" | "done">();
  const way: string[] = [];
  const visit = (node: string): void => {
    state.set(node, "open");
    way.push(node);
    for (const next of graph.get(node) ?? []) {
      if (state.get(next) === "open") found.push([...way.slice(way.indexOf(next)), next].join(" → "));
      else if (!state.has(next)) visit(next);
    }
    way.pop();
    state.set(node, "done");
  };
  for (const node of graph.keys()) if (!state.has(node)) visit(node);
  return found;
}
