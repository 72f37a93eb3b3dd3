import { randomBytes } from "node:crypto";
import { AdapterError } from "../errors";

/** The parts of a relative path. Throws AdapterError VALIDATION for one that could leave the root. */
export function partsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const leaves = path.startsWith("/") || parts.some((part) => part === ".." || /[\\\0]/.test(part));
  if (!leaves) return parts;
  throw new AdapterError(`${JSON.stringify(path.slice(0, 200))} is no path below the root`, {
    category: "VALIDATION",
    code: "ERP008",
    sent: "no",
  });
}

/** What the wildcards of `pattern` stand for in `name`, or undefined when it does not match. `*` and `?` are known. */
export function matchName(pattern: string, name: string): string[] | undefined {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, "(.*)")
    .replace(/\?/g, "(.)");
  return new RegExp(`^${source}$`, "su").exec(name)?.slice(1);
}

/** Whether a listing shows a name: hidden ones and those that could be taken for a path are left out. */
export function isListed(name: string, pattern: string): boolean {
  return !name.startsWith(".") && !/[/\\\0]/.test(name) && matchName(pattern, name) !== undefined;
}

/** A name beside `path` that no listing shows. */
export function temporaryName(path: string): string {
  const at = path.lastIndexOf("/") + 1;
  return `${path.slice(0, at)}.${path.slice(at)}.${randomBytes(6).toString("hex")}.part`;
}
