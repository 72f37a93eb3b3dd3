import { randomBytes } from "node:crypto";
import { AdapterError } from "../errors";
import { nameMatcher } from "./name-matcher";

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

/** Tells which names a listing shows: hidden ones and those that could be taken for a path are left out. */
export function listedBy(pattern: string): (name: string) => boolean {
  const match = nameMatcher(pattern);
  return (name) => !name.startsWith(".") && !/[/\\\0]/.test(name) && match(name) !== undefined;
}

/** A name beside `path` that no listing shows. */
export function temporaryName(path: string): string {
  const at = path.lastIndexOf("/") + 1;
  return `${path.slice(0, at)}.${path.slice(at)}.${randomBytes(6).toString("hex")}.part`;
}
