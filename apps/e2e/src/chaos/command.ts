import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, exitCode } from "./checker/check";
import type { History } from "./history";
import { mutantList, mutantOf } from "./mutants/mutants";
import { readOptions, type ChaosOptions } from "./options";
import { documentOf, tableOf } from "./report";
import { runChaos } from "./run";

/** `npm run chaos`: what it was asked for, done; answers the exit code. */
export async function command(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.listMutants) {
    process.stdout.write(`${mutantList()}\n`);
    return 0;
  }
  const history = await historyOf(options);
  const verdict = check(history);
  const exit = exitCode(verdict);
  const document = documentOf(history, verdict, exit);
  process.stdout.write(`${options.json ? JSON.stringify(document, null, 2) : tableOf(document)}\n`);
  return exit;
}

/** A saved one, or that of a run. */
async function historyOf(options: ChaosOptions): Promise<History> {
  if (options.history !== undefined) return JSON.parse(readFileSync(options.history, "utf8")) as History;
  const root = process.cwd();
  const { minutes, seed, save } = options;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const mutant = options.mutant === undefined ? undefined : mutantOf(options.mutant);
  say(`chaos: seed ${seed}, ${minutes} min${mutant === undefined ? "" : `, mutant ${mutant.name}: ${mutant.breaks}`}`);
  const dist = mutant === undefined ? join(root, "dist") : join(root, "dist", "chaos", mutant.name);
  const schedule =
    mutant?.schedule ?? (options.schedule === undefined ? undefined : mutantOf(options.schedule).schedule);
  const targeted = { ...(mutant && { mutant: mutant.name }), ...(schedule && { schedule }) };
  const history = await runChaos({ root, dist, seed, minutes, say, ...targeted });
  if (save !== undefined) writeFileSync(save, JSON.stringify(history));
  return history;
}
