import { startChild, type Child } from "../children";
import { cpuTime, cpuTimeOfFamily } from "../cpu-time";
import { Engine, engineEnvironment } from "../engine";
import { startService, type ServiceProcess } from "../service-process";
import type { Servers } from "../servers";
import { makeBacklog } from "./backlog";
import type { Seen } from "./erp-process";

const PATIENCE_MS = 600_000;
const LOOK_MS = 20;

/** How a run is set up. */
export interface Setup {
  rows: number;
  /** Calls in flight at the account, for product and limit. */
  calls: number;
  /** Pushes that one sync-engine has under way at most. */
  perEngine: number;
}

/** How a backlog was worked off. */
export interface PushRun {
  ms: number;
  pushes: number;
  seen: Seen;
  /** CPU milliseconds per 1,000 pushes. */
  cpu: { own: number; database: number };
}

/** Sync-engines between a writable ERP in a process of its own, PostgreSQL and NATS; every supplier is linked already. */
export class PushWorld {
  private readonly second: ServiceProcess[] = [];
  private round = 0;

  private constructor(
    private readonly servers: Servers,
    private readonly erp: Child,
    private readonly client: Child,
    private readonly at: { url: string; database: string; ids: number[] },
    readonly engine: Engine,
    private readonly setup: Setup,
  ) {}

  static async start(servers: Servers, setup: Setup): Promise<PushWorld> {
    const erp = startChild("erp");
    const client = startChild("client");
    const at = await erp.call<{ url: string; database: string; ids: number[] }>("start", { rows: setup.rows });
    const { calls } = setup;
    const engine = await Engine.start(servers, at, { calls, more: variables(setup) });
    const world = new PushWorld(servers, erp, client, at, engine, setup);
    const { job } = await engine.sync();
    if (job.counts.created < setup.rows) throw new Error(`the first load counted ${JSON.stringify(job.counts)}`);
    return world;
  }

  /** Another sync-engine on the same database. */
  async addEngine(): Promise<void> {
    const env = { ...engineEnvironment(this.servers, this.engine.neighbours.keys), ...variables(this.setup) };
    this.second.push(await startService("sync-engine", env, async () => this.connections(2)));
  }

  async removeEngine(): Promise<void> {
    await this.second.pop()?.stop();
  }

  /** The bare client sends as many requests; milliseconds. */
  async limit(n: number, latencyMs: number): Promise<number> {
    await this.erp.call("begin", { latencyMs });
    const { url, database, ids } = this.at;
    const { calls } = this.setup;
    const { ms } = await this.client.call<{ ms: number }>("send", {
      url,
      database,
      calls,
      round: ++this.round,
      ids: ids.slice(0, n),
    });
    return ms;
  }

  /** The product works off a backlog: from the first request that reaches the ERP until the last push is settled. */
  async product(n: number, latencyMs: number): Promise<PushRun> {
    const { admin, postgresPid } = this.servers;
    await admin.query("vacuum analyze");
    await admin.query("checkpoint");
    await this.erp.call("begin", { latencyMs });
    const pids = [this.engine.process.pid, ...this.second.map(({ pid }) => pid)];
    await makeBacklog(this.servers, { ...this.subject(), n, round: ++this.round });
    const before = { own: sum(pids), database: cpuTimeOfFamily(postgresPid) };
    await this.workedOff();
    const ended = Date.now();
    const per = 1000 / n;
    const own = (sum(pids) - before.own) * per;
    const cpu = { own, database: (cpuTimeOfFamily(postgresPid) - before.database) * per };
    await this.requireConfirmed(n);
    const seen = await this.erp.call<Seen>("seen");
    await admin.query("truncate sync_engine.pushes, sync_engine.changes, sync_engine.pages");
    return { ms: ended - seen.first, pushes: n, seen, cpu };
  }

  async stop(): Promise<void> {
    for (const each of this.second) await each.stop();
    await this.engine.stop();
    for (const child of [this.client, this.erp]) await child.stop();
  }

  private subject() {
    return { tenantId: this.engine.neighbours.tenantId, integration: 1 };
  }

  private async workedOff(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const { rowCount } = await this.servers.admin.query("select 1 from sync_engine.work where kind = 'push' limit 1");
      if (rowCount === 0) return;
      if (performance.now() > until) throw new Error(`pushes are still waiting after ${PATIENCE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  private async requireConfirmed(n: number): Promise<void> {
    const { rows } = await this.servers.admin.query<{ status: string; n: number }>(
      "select status, count(*)::int n from sync_engine.pushes group by 1",
    );
    if (rows.length !== 1 || rows[0]?.status !== "confirmed" || rows[0].n !== n)
      throw new Error(`${n} confirmed pushes expected, found ${JSON.stringify(rows)}`);
  }

  /** Ready is an engine when its connections for claiming stand beside the other's. */
  private async connections(engines: number): Promise<void> {
    const { rows } = await this.servers.admin.query<{ n: number }>(
      "select count(*)::int n from pg_stat_activity where application_name = 'sync-engine-dispatch'",
    );
    if ((rows[0]?.n ?? 0) <= engines - 1) throw new Error("not there yet");
  }
}

function variables({ perEngine }: Setup): Record<string, string> {
  return { SYNC_ENGINE_CONCURRENCY: String(Math.max(1, perEngine / 2)) };
}

function sum(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + cpuTime(pid), 0);
}
