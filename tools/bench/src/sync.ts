import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobCounts } from "@dovetail/contracts";
import { benchLine, median, type BenchName } from "./bench-line";
import { peakMemory, startChild, type Child } from "./children";
import { Engine, type SyncRun } from "./engine";
import { cpuTime, cpuTimeOfFamily } from "./cpu-time";
import type { LimitRun } from "./limit/limit-process";
import type { Options } from "./options";
import { summarise } from "./profile";
import type { Report } from "./report";
import type { Servers } from "./servers";

const CHANGED_SHARE = 0.01;
const COPY_ROWS = 200_000;
/** A limit below this share of COPY is not lean: its ratios would flatter the product. */
const LIMIT_OF_COPY = 0.7;
const LIMIT_LOADS = 5;
/** The limit spares nothing: with a large young generation it collects less often. */
const YOUNG_GENERATION = ["--max-semi-space-size=64"];

interface Series {
  product: number[];
  limit: number[];
  /** CPU milliseconds per 1,000 rows: the process itself, and PostgreSQL meanwhile. */
  cpu: { product: CpuTime[]; limit: CpuTime[] };
}

interface CpuTime {
  own: number;
  database: number;
}

/** What one series of runs measures, in rows/s; `wal` in MB per 100,000 rows. */
interface Measured {
  first: Series;
  unchanged: Series;
  changed: Series;
  copy: number[];
  wal: number[];
  peak: number;
  limitPeak: number;
}

/** Product and limit by turns against the same pages: first load, unchanged, 1 % changed. */
export async function measureSync(servers: Servers, options: Options, report: Report): Promise<void> {
  const peaks = new Map<number, number>();
  for (const rows of options.rows) {
    const measured = await series(servers, rows, options, report);
    peaks.set(rows, measured.peak);
    for (const name of ["first", "unchanged", "changed"] as const) {
      report.line(benchLine(`sync.${name}`, rows, measured[name].product, measured[name].limit));
      report.note(cpuNote(name, measured[name]));
    }
    report.line(benchLine("sync.wal", rows, measured.wal, [1]));
    report.line(benchLine("sync.rss", rows, [measured.peak], [1]));
    report.note(`  the limit's own peak: ${measured.limitPeak} MB; COPY: ${Math.round(median(measured.copy))} rows/s`);
  }
  const [small, large] = [Math.min(...peaks.keys()), Math.max(...peaks.keys())];
  if (large > small) {
    const growth: BenchName = "sync.rss.growth";
    report.line(benchLine(growth, large, [peaks.get(large) ?? 0], [peaks.get(small) ?? 0]));
  }
}

async function series(servers: Servers, rows: number, options: Options, report: Report): Promise<Measured> {
  const simulator = startChild("simulator");
  const limit = startChild("limit", YOUNG_GENERATION);
  let engine: Engine | undefined;
  try {
    const erp = await simulator.call<{ url: string; database: string }>("start", { rows });
    await limit.call("open", { databaseUrl: servers.limitUrl, erpUrl: erp.url, erpDatabase: erp.database });
    engine = await Engine.start(servers, erp);
    const bench = new SyncBench(servers, simulator, limit, engine, rows);
    await bench.requireLeanLimit(options.busy, report);
    for (let run = 0; run < options.runs; run++) await bench.round();
    bench.measured.peak = peakMemory(engine.process.pid);
    bench.measured.limitPeak = peakMemory(limit.pid);
    if (options.profile && rows === Math.min(...options.rows)) await bench.profile(report);
    return bench.measured;
  } finally {
    await engine?.stop();
    await limit.stop();
    await simulator.stop();
  }
}

class SyncBench {
  readonly measured: Measured = {
    first: emptySeries(),
    unchanged: emptySeries(),
    changed: emptySeries(),
    copy: [],
    wal: [],
    peak: 0,
    limitPeak: 0,
  };

  constructor(
    private readonly servers: Servers,
    private readonly simulator: Child,
    private readonly limit: Child,
    private readonly engine: Engine,
    private readonly rows: number,
  ) {}

  /** One run of each kind, limit and product by turns. */
  async round(): Promise<void> {
    const { first, unchanged, changed, copy, wal } = this.measured;
    const { rows } = this;
    await this.limit.call("empty");
    await this.engine.empty();
    await this.servers.admin.query("checkpoint");
    copy.push(rate(await this.limit.call<LimitRun>("copy", { rows: Math.min(rows, COPY_ROWS) })));
    await this.pair(first, { created: rows }, rows);
    await this.settle();
    const before = await this.walPosition();
    await this.pair(unchanged, { unchanged: rows }, 0, async () => {
      wal.push((((await this.walPosition()) - before) / 1e6 / rows) * 100_000);
    });
    const touched = await this.simulator.call<number>("change", { share: CHANGED_SHARE });
    await this.pair(changed, { updated: touched, unchanged: rows - touched }, touched);
  }

  /**
   * Loads the limit alone until one load reaches its share of COPY: beforehand, because nothing else is worth measuring
   * otherwise. Throws when a few loads in a row do not.
   */
  async requireLeanLimit(busy: boolean, report: Report): Promise<void> {
    let best = 0;
    for (let load = 0; load < LIMIT_LOADS && best < LIMIT_OF_COPY; load++) {
      const copied = rate(await this.limit.call<LimitRun>("copy", { rows: Math.min(this.rows, COPY_ROWS) }));
      await this.limit.call("empty");
      best = Math.max(best, rate(await this.limit.call<LimitRun>("sync")) / copied);
    }
    report.note(`the limit's first load reaches ${best.toFixed(2)} of COPY`);
    if (best >= LIMIT_OF_COPY || busy) return;
    throw new Error(
      `less than ${LIMIT_OF_COPY} of COPY: the machine is busy (--busy goes on), or the limit is not lean`,
    );
  }

  /** Profiles one first load and one re-sync of the product and says where the time goes. */
  async profile(report: Report): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), "dovetail-profile-"));
    try {
      await this.engine.empty();
      for (const name of ["first load", "unchanged"]) {
        const file = join(dir, `${name}.cpuprofile`);
        const run = await this.engine.process.profiled(file, () => this.engine.sync());
        report.note(`\nProfile of the sync-engine, ${name}, ${this.rows} rows in ${Math.round(run.ms)} ms:`);
        report.note(summarise(file));
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }

  /** The limit, then the product; `afterProduct` looks before anything else happens. */
  private async pair(
    into: Series,
    counts: Partial<JobCounts>,
    written: number,
    afterProduct?: () => Promise<void>,
  ): Promise<void> {
    const product = await this.timed(into.cpu.product, this.engine.process.pid, () => this.engine.sync());
    await afterProduct?.();
    // Otherwise the cleaning up behind the product's load would run, and be counted, beside the limit's. The limit's own
    // table is left alone: a plan made for a table known to be empty would scan it ever after.
    await this.settleProduct();
    const limit = await this.timed(into.cpu.limit, this.limit.pid, () => this.limit.call<LimitRun>("sync"));
    check(product, { read: this.rows, ...counts });
    if (limit.rows !== this.rows || limit.written !== written)
      throw new Error(`the limit wrote ${limit.written} of ${limit.rows} rows, ${written} of ${this.rows} expected`);
    into.product.push(rate({ rows: this.rows, ms: product.ms }));
    into.limit.push(rate(limit));
  }

  private async timed<T>(into: CpuTime[], pid: number, work: () => Promise<T>): Promise<T> {
    const cluster = this.servers.postgresPid;
    const before = { own: cpuTime(pid), database: cpuTimeOfFamily(cluster) };
    const result = await work();
    const per = 1000 / this.rows;
    into.push({
      own: (cpuTime(pid) - before.own) * per,
      database: (cpuTimeOfFamily(cluster) - before.database) * per,
    });
    return result;
  }

  /** What autovacuum does after a load; both sides then begin from a settled table. */
  private async settle(): Promise<void> {
    await this.limit.call("settle");
    await this.settleProduct();
  }

  private async settleProduct(): Promise<void> {
    await this.servers.admin.query("vacuum analyze");
    await this.servers.admin.query("checkpoint");
  }

  private async walPosition(): Promise<number> {
    const { rows } = await this.servers.admin.query<{ at: string }>("select pg_current_wal_lsn() - '0/0' as at");
    return Number(rows[0]?.at);
  }
}

function emptySeries(): Series {
  return { product: [], limit: [], cpu: { product: [], limit: [] } };
}

/** CPU time says where a ratio comes from, also on a machine that has other work to do. */
function cpuNote(name: string, { cpu }: Series): string {
  const each = (times: CpuTime[]) =>
    `${median(times.map(({ own }) => own)).toFixed(1)} + ${median(times.map(({ database }) => database)).toFixed(1)}`;
  return `  ${name}: CPU ms per 1,000 rows, process + PostgreSQL: product ${each(cpu.product)}, limit ${each(cpu.limit)}`;
}

function rate({ rows, ms }: { rows: number; ms: number }): number {
  return (rows / ms) * 1000;
}

function check({ job }: SyncRun, expected: Partial<JobCounts>): void {
  const none: JobCounts = { read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, parked: 0, deleted: 0 };
  const wanted = JSON.stringify({ ...none, ...expected });
  const found = JSON.stringify({ ...none, ...job.counts });
  if (found !== wanted) throw new Error(`the sync counted ${found}, expected ${wanted}`);
}
