import { parseArgs } from "node:util";

/** What a run was asked for. */
export interface ChaosOptions {
  minutes: number;
  seed: number;
  mutant: string | undefined;
  /** A mutant's schedule for the product as it is: it must be clean. */
  schedule: string | undefined;
  json: boolean;
  /** Where the whole history is written, for another look. */
  save: string | undefined;
  /** A history that was saved: it is judged again, and nothing runs. */
  history: string | undefined;
  listMutants: boolean;
}

/** Reads the command line. Throws with words for people. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "2" },
      seed: { type: "string" },
      mutant: { type: "string" },
      schedule: { type: "string" },
      json: { type: "boolean", default: false },
      save: { type: "string" },
      history: { type: "string" },
      "list-mutants": { type: "boolean", default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 600)) throw new Error("--minutes is a number from 0 to 600");
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error("--seed is a whole number from 0");
  const { mutant, schedule, json, save, history } = values;
  return { minutes, seed, mutant, schedule, json, save, history, listMutants: values["list-mutants"] };
}
