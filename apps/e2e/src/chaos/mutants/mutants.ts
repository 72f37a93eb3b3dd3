import type { Mutant } from "./mutant";
import { PULLING } from "./pulling";
import { PUSHING } from "./pushing";
import { WRITING } from "./writing";

export { mutated } from "./mutant";

/** Every mutant that a run can be told to find. */
export const MUTANTS: readonly Mutant[] = [...WRITING, ...PULLING, ...PUSHING];

/** Throws with the names that there are. */
export function mutantOf(name: string): Mutant {
  const found = MUTANTS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no mutant ${name}; there are ${MUTANTS.map((one) => one.name).join(", ")}`);
  return found;
}

/** What `--list-mutants` prints: name, what it breaks, the laws that find it. */
export function mutantList(): string {
  return MUTANTS.map(
    ({ name, breaks, laws }) => `${name.padEnd(28)} ${breaks}\n${" ".repeat(29)}${laws.join(", ")}`,
  ).join("\n");
}
