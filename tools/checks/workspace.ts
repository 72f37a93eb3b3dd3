import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The root of the checkout. */
export const ROOT = join(__dirname, "../..");

const NOT_OURS = new Set(["node_modules", "dist", ".git", ".nx", "tmp", "coverage", ".dovetail", ".claude"]);

/** A file of the checkout; `path` is relative to the root, with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Every file below the given folders whose name ends in one of the extensions. */
export function files(folders: readonly string[], ...extensions: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => walk(join(ROOT, folder)))
    .filter((path) => extensions.some((extension) => path.endsWith(extension)))
    .map((path) => ({ path: relative(ROOT, path).split(sep).join("/"), text: readFileSync(path, "utf8") }));
}

/** Every folder below the given ones, relative to the root. */
export function folders(roots: readonly string[]): string[] {
  const below = (folder: string): string[] =>
    entries(folder)
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => [join(folder, entry.name), ...below(join(folder, entry.name))]);
  return roots.flatMap((root) => below(join(ROOT, root))).map((path) => relative(ROOT, path).split(sep).join("/"));
}

/** A JSON file of the checkout. */
export function json<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
}

/** Where the product's own code stands. */
export const CODE = ["apps", "libs", "tools"] as const;

/** TypeScript of apps, libs and tools. */
export function typescript(): SourceFile[] {
  return files(CODE, ".ts");
}

/** Not a test, nor what only tests load. */
export function isShipped(path: string): boolean {
  return (
    !/\.(int-|e2e-)?spec\.ts$|\.interop\.ts$/.test(path) &&
    !/\/test\//.test(path) &&
    !/^(libs\/testing|libs\/adapters\/conformance|apps\/e2e|tools)\//.test(path)
  );
}

export function lineCount(text: string): number {
  return text.endsWith("\n") ? text.split("\n").length - 1 : text.split("\n").length;
}

/** The folders of adapters: below libs/adapters, but for what serves them all. */
export function adapterNames(): string[] {
  return entries(join(ROOT, "libs/adapters"))
    .map(({ name }) => name)
    .filter((name) => !["sdk", "registry", "conformance"].includes(name))
    .sort();
}

/** The folders of services: apps with migrations. */
export function serviceNames(): string[] {
  return entries(join(ROOT, "apps"))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(ROOT, "apps", name, "migrations")))
    .sort();
}

function walk(folder: string): string[] {
  return entries(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function entries(folder: string) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !NOT_OURS.has(name));
}
