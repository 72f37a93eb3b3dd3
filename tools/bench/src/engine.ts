import { progressSubject, sync, type Job } from "@dovetail/contracts";
import type { KeyRing } from "@dovetail/crypto";
import { Bus } from "@dovetail/messaging";
import { syncEngineSchema } from "@dovetail/sync-engine";
import { ENTITY, Neighbours } from "./neighbours";
import type { Servers } from "./servers";
import { startService, type ServiceProcess } from "./service-process";

const JOB_MS = 600_000;
/** What a run leaves behind. The log stays: its positions go on. */
const RUN_TABLES = ["records", "links", "changes", "pages", "cursors", "dead_letters", "pushes", "jobs"];

export interface SyncRun {
  job: Job;
  ms: number;
}

/** The sync-engine as a process of its own, between a simulated ERP, PostgreSQL and NATS. */
export class Engine {
  private constructor(
    private readonly servers: Servers,
    private readonly bus: Bus,
    readonly neighbours: Neighbours,
    readonly process: ServiceProcess,
  ) {}

  /** `calls`: what the account takes at once, for an ERP that gets changes pushed; `more` variables. */
  static async start(
    servers: Servers,
    erp: { url: string; database: string },
    { calls, more = {} }: { calls?: number; more?: Record<string, string> } = {},
  ): Promise<Engine> {
    await servers.migrate(syncEngineSchema);
    const bus = await Bus.connect({ url: servers.natsUrl, name: "bench" });
    const neighbours = new Neighbours(erp, calls);
    neighbours.play(bus);
    const env = { ...engineEnvironment(servers, neighbours.keys), ...more };
    const process = await startService("sync-engine", env, () => bus.call(sync.jobs, neighbours.context, { limit: 1 }));
    return new Engine(servers, bus, neighbours, process);
  }

  /** As before the first sync ever. */
  async empty(): Promise<void> {
    await emptyStore(this.servers);
  }

  /** One full sync of the entity, from the request to the word that it has ended. */
  async sync(): Promise<SyncRun> {
    const subject = progressSubject(this.neighbours.tenant, "*");
    const progress = this.bus.connection.subscribe(subject);
    // heard by the server before the request is sent
    await this.bus.connection.flush();
    const timer = setTimeout(() => progress.unsubscribe(), JOB_MS);
    const started = performance.now();
    try {
      const input = { integration: this.neighbours.integration.name, entityTypes: [ENTITY], mode: "full" as const };
      await this.bus.call(sync.execute, this.neighbours.context, input);
      for await (const message of progress) {
        const job = message.json<Job>();
        if (job.status === "completed") return { job, ms: performance.now() - started };
        if (job.status === "failed") throw new Error(`the sync failed: ${JSON.stringify(job.problem)}`);
      }
      throw new Error(`the sync did not end within ${JOB_MS} ms`);
    } finally {
      clearTimeout(timer);
      progress.unsubscribe();
    }
  }

  async stop(): Promise<void> {
    await this.process.stop();
    await this.bus.close();
  }
}

/** The variables of the sync-engine. */
export function engineEnvironment(servers: Servers, keys: KeyRing): Record<string, string> {
  return {
    PORT: "0",
    DATABASE_URL: servers.urlFor("sync_engine", "run"),
    SYNC_ENGINE_DISPATCH_URL: servers.urlFor("sync_engine", "dispatch"),
    NATS_URL: servers.natsUrl,
    SYNC_ENGINE_KEYS: keys.export().reveal(),
    ERP_SYNC_INTERVAL: "0",
    ERP_LOG_LEVEL: "error",
  };
}

/** Removes what runs have left in the sync-engine's store. */
export async function emptyStore(servers: Servers): Promise<void> {
  await servers.admin.query(`truncate ${RUN_TABLES.map((table) => `sync_engine.${table}`).join(", ")}`);
}
