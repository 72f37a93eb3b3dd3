import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "@swc/core";
import { LAWS } from "../checker/violation";
import { FAULT_KINDS } from "../history";
import { mutated } from "./mutant";
import { mutantList, mutantOf, MUTANTS } from "./mutants";

const ROOT = join(__dirname, "../../../../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

it("has at least ten mutants with names of their own", () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(10);
  expect(new Set(names).size).toBe(names.length);
  expect(mutantOf("no-settle").name).toBe("no-settle");
  expect(() => mutantOf("no-such")).toThrow("there is no mutant no-such");
  for (const name of names) expect(mutantList()).toContain(name);
});

it.each(MUTANTS)("$name still fits the sources, which are sources afterwards", (mutant) => {
  expect(mutant.patches.length).toBeGreaterThan(0);
  for (const file of new Set(mutant.patches.map((patch) => patch.file))) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    const changed = mutated(mutant, file, read(file));
    expect(changed).not.toBe(read(file));
    if (file.endsWith(".ts")) transformSync(changed, { jsc: { parser: { syntax: "typescript", decorators: true } } });
  }
  for (const law of mutant.laws) expect(LAWS).toContain(law);
  for (const kind of mutant.schedule.strikes) expect(FAULT_KINDS).toContain(kind);
});

it("a patch that fits nowhere, or twice, is refused by name", () => {
  const patches = [{ file: "a.ts", find: "x", replace: "y" }];
  expect(mutated({ name: "m", patches }, "a.ts", "1 x 2")).toBe("1 y 2");
  expect(mutated({ name: "m", patches }, "b.ts", "x x")).toBe("x x");
  expect(() => mutated({ name: "m", patches }, "a.ts", "x x")).toThrow(
    "mutant m: what it changes stands 2 times in a.ts",
  );
  expect(() => mutated({ name: "m", patches }, "a.ts", "")).toThrow("stands 0 times");
});
