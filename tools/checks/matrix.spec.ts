import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADAPTERS } from "@dovetail/adapter-registry";
import { documentedAdapters, systemsPage } from "../generators/matrix";
import { files, ROOT } from "./workspace";

const PAGE = join(ROOT, "docs/systems/README.md");

// UPDATE_MATRIX=1 writes the page instead: `UPDATE_MATRIX=1 npx jest --config jest.config.cjs tools/checks/matrix`.
it("docs/systems/README.md is what the adapters declare", () => {
  const documented = documentedAdapters(files(["docs/systems"], ".md"));
  expect(documented).toHaveLength(ADAPTERS.length);
  const page = systemsPage(documented);
  if (process.env["UPDATE_MATRIX"] === "1") writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});
