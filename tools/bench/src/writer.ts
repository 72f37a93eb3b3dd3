import { syncEngineSchema } from "@dovetail/sync-engine";
import { benchLine } from "./bench-line";
import { startChild } from "./children";
import { cpuTimeOfFamily } from "./cpu-time";
import { emptyStore } from "./engine";
import type { LimitRun } from "./limit/limit-process";
import type { Options } from "./options";
import type { Report } from "./report";
import type { Servers } from "./servers";

const ROWS = 200_000;
const QUICK_ROWS = 100_000;

/** The page merge alone, with history, links, cursor and log, against COPY of the same documents. */
export async function measureWriter(servers: Servers, options: Options, report: Report): Promise<void> {
  const rows = Math.min(ROWS, Math.max(QUICK_ROWS, ...options.rows));
  const simulator = startChild("simulator");
  const limit = startChild("limit");
  const writer = startChild("writer");
  try {
    await servers.migrate(syncEngineSchema);
    const erp = await simulator.call<{ url: string; database: string }>("start", { rows });
    const source = { erpUrl: erp.url, erpDatabase: erp.database };
    await limit.call("open", { databaseUrl: servers.limitUrl, ...source });
    await writer.call("open", { databaseUrl: servers.urlFor("sync_engine", "run"), rows, ...source });
    const [product, copy, cpu]: number[][] = [[], [], []];
    for (let run = 0; run < options.runs; run++) {
      copy?.push(rate(await limit.call<LimitRun>("copy", { rows })));
      await emptyStore(servers);
      await servers.admin.query("checkpoint");
      const before = cpuTimeOfFamily(servers.postgresPid);
      product?.push(rate(await writer.call<LimitRun>("write", {})));
      cpu?.push(((cpuTimeOfFamily(servers.postgresPid) - before) / rows) * 1000);
    }
    report.line(benchLine("writer.copy", rows, product ?? [], copy ?? []));
    report.note(`  PostgreSQL's CPU ms per 1,000 rows: ${cpu?.map((each) => each.toFixed(1)).join(", ")}`);
  } finally {
    for (const child of [writer, limit, simulator]) await child.stop();
  }
}

function rate({ rows, ms }: LimitRun): number {
  return (rows / ms) * 1000;
}
