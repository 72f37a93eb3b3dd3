import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOptions } from "./options";
import { runChaos } from "./run";

/** The repository; the bundle lies in dist/chaos. */
const ROOT = process.env["CHAOS_ROOT"] ?? process.cwd();

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say(`chaos: seed ${options.seed}, ${options.minutes} min`);
  const dist = join(ROOT, "dist");
  const history = await runChaos({ root: ROOT, dist, seed: options.seed, minutes: options.minutes, say });
  if (options.save !== undefined) writeFileSync(options.save, JSON.stringify(history));
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  },
);
