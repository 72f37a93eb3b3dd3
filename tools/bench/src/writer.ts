import { syncEngineSchema } from "@dovetail/sync-engine";
import { benchLine, median } from "./bench-line";
import { startChild } from "./children";
import { cpuTimeOfFamily } from "./cpu-time";
import { emptyStore } from "./engine";
import type { LimitRun } from "./limit/limit-process";
import type { Options } from "./options";
import type { Report } from "./report";
import type { Servers } from "./servers";

const ROWS = 200_000;
const QUICK_ROWS = 100_000;

/** The page merge alone, with history, links, cursor and log, against COPY of the same rows. */
export async function measureWriter(servers: Servers, options: Options, report: Report): Promise<void> {
  const rows = Math.min(ROWS, Math.max(QUICK_ROWS, ...options.rows));
  const simulator = startChild("simulator");
  const writer = startChild("writer");
  try {
    await servers.migrate(syncEngineSchema);
    const erp = await simulator.call<{ url: string; database: string }>("start", { rows });
    const source = { erpUrl: erp.url, erpDatabase: erp.database };
    const urls = { databaseUrl: servers.urlFor("sync_engine", "run"), adminUrl: servers.adminUrl };
    await writer.call("open", { ...urls, rows, ...source });
    const product: number[] = [];
    const copy: number[] = [];
    const cpu = { product: [] as number[], copy: [] as number[] };
    const timed = async (command: string, input: object, into: number[]): Promise<number> => {
      await servers.admin.query("checkpoint");
      const before = cpuTimeOfFamily(servers.postgresPid);
      const run = await writer.call<LimitRun>(command, input);
      into.push(((cpuTimeOfFamily(servers.postgresPid) - before) / rows) * 1000);
      return rate(run);
    };
    for (let run = 0; run < options.runs; run++) {
      copy.push(await timed("copy", {}, cpu.copy));
      await emptyStore(servers);
      product.push(await timed("write", {}, cpu.product));
    }
    report.line(benchLine("writer.copy", rows, product, copy));
    const [p, c] = [median(cpu.product).toFixed(1), median(cpu.copy).toFixed(1)];
    report.note(`  PostgreSQL's CPU ms per 1,000 rows: product ${p}, COPY ${c}`);
  } finally {
    for (const child of [writer, simulator]) await child.stop();
  }
}

function rate({ rows, ms }: LimitRun): number {
  return (rows / ms) * 1000;
}
