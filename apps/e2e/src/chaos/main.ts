import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, exitCode } from "./checker/check";
import { readOptions } from "./options";
import { documentOf, tableOf } from "./report";
import { runChaos } from "./run";

async function main(): Promise<number> {
  const root = process.cwd();
  const { minutes, seed, mutant, json, save } = readOptions(process.argv.slice(2));
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`chaos: seed ${seed}, ${minutes} min${mutant === undefined ? "" : `, mutant ${mutant}`}`);
  const dist = mutant === undefined ? join(root, "dist") : join(root, "dist", "chaos", mutant);
  const history = await runChaos({ root, dist, seed, minutes, say, ...(mutant === undefined ? {} : { mutant }) });
  if (save !== undefined) writeFileSync(save, JSON.stringify(history));
  const verdict = check(history);
  const exit = exitCode(verdict);
  const document = documentOf(history, verdict, exit);
  process.stdout.write(`${json ? JSON.stringify(document, null, 2) : tableOf(document)}\n`);
  return exit;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  },
);
