import { randomUUID } from "node:crypto";
import { memory, startMemoryErp, stopMemoryErp, type MemoryErp } from "@dovetail/adapter-memory";
import {
  credentialContext,
  gateway,
  integrationConfig,
  ProblemError,
  serviceContext,
  type CallContext,
  type EntitySettings,
  type Integration,
  type Job,
  type MappingVersion,
  sync,
} from "@dovetail/contracts";
import { KeyRing, sealFor } from "@dovetail/crypto";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { Bus } from "@dovetail/messaging";
import type { Running } from "@dovetail/service-kit";
import { eventually, testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { startSyncEngine, syncEngineSchema } from "../src/start";

/** A sync-engine on real PostgreSQL and NATS, an ERP in memory, and the two services that it asks, played by handlers. */
export class World {
  readonly tenant = "acme";
  readonly tenantId = randomUUID();
  readonly erp: MemoryErp;
  readonly instance = `erp-${randomUUID()}`;
  readonly context: CallContext;
  integration: Integration;
  readonly mappings = new Map<EntityName, MappingVersion>();
  private readonly keys = KeyRing.generate();
  private engines: Running[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly nats: TestNats,
    readonly bus: Bus,
    entities: Partial<Record<EntityName, Partial<EntitySettings>>>,
  ) {
    this.erp = startMemoryErp(this.instance, { seed: 7 });
    this.context = serviceContext("test", this.tenantId, this.tenant);
    this.integration = this.newIntegration(entities);
    for (const entity of Object.keys(entities) as EntityName[]) this.setMapping(entity, 1, memory.mappings[entity] as unknown as JsonObject);
    this.play();
  }

  static async open(entities: Partial<Record<EntityName, Partial<EntitySettings>>>, engines = 1): Promise<World> {
    const database = await testDatabase([syncEngineSchema]);
    const nats = await testNats();
    const bus = await Bus.connect({ url: nats.url, name: "world" });
    const world = new World(database, nats, bus, entities);
    for (let i = 0; i < engines; i++) await world.startEngine();
    return world;
  }

  async startEngine(): Promise<Running> {
    const engine = await startSyncEngine({
      env: {
        PORT: "0",
        DATABASE_URL: this.database.urlFor("sync_engine", "run"),
        SYNC_ENGINE_DISPATCH_URL: this.database.urlFor("sync_engine", "dispatch"),
        NATS_URL: this.nats.url,
        SYNC_ENGINE_KEYS: this.keys.export().reveal(),
        ERP_SYNC_INTERVAL: "0",
        ERP_LOG_LEVEL: "fatal",
      },
    });
    this.engines.push(engine);
    return engine;
  }

  async close(): Promise<void> {
    for (const engine of this.engines) await engine.stop();
    await this.bus.close();
    await this.nats.stop();
    await this.database.drop();
    stopMemoryErp(this.instance);
  }

  setMapping(entityType: EntityName, version: number, document: JsonObject): void {
    const integrationId = this.integration.id;
    const about = { integrationId, entityType, version, stage: "production", origin: "template", createdBy: "test" } as const;
    this.mappings.set(entityType, { ...about, document, createdAt: "2026-01-01T00:00:00Z" });
  }

  /** Runs a sync of the entities and waits for its end. */
  async sync(entityTypes: EntityName[], mode: "incremental" | "full" = "incremental"): Promise<Job[]> {
    const { jobs } = await this.bus.call(sync.execute, this.context, { integration: this.integration.name, entityTypes, mode });
    return Promise.all(jobs.map(({ id }) => this.ended(id)));
  }

  async ended(id: string, timeoutMs = 30_000): Promise<Job> {
    return eventually(
      async () => {
        const job = await this.bus.call(sync.job, this.context, { id });
        if (job.status === "queued" || job.status === "running") throw new Error(`job is ${job.status}`);
        return job;
      },
      { timeoutMs },
    );
  }

  async record(entityType: EntityName, key: string): Promise<JsonObject> {
    return (await this.bus.call(sync.record, this.context, { entityType, key })).record;
  }

  private newIntegration(entities: Partial<Record<EntityName, Partial<EntitySettings>>>): Integration {
    const settings: EntitySettings = {
      direction: "both",
      master: true,
      keyPrefix: null,
      lookbackSeconds: 60,
      pageSize: 100,
      fieldPolicy: { "*": "erp" },
    };
    const all = Object.entries(entities).map(([entity, own]) => [entity, { ...settings, ...own }] as const);
    return {
      id: randomUUID(),
      name: "memory-one",
      erpSystem: "MEMORY",
      description: "",
      critical: false,
      connectionMethod: "API",
      apiEndpoint: null,
      apiVersion: null,
      authMethod: "BASIC",
      syncSchedule: { enabled: false },
      settings: { instance: this.instance },
      entities: Object.fromEntries(all),
      limits: {},
      features: {},
      tls: {},
      status: "ACTIVE",
      credentials: { set: ["apiUsername", "apiPassword"], updatedAt: null },
      adapter: { system: "MEMORY", version: 1 },
      createdAt: "2026-01-01T00:00:00Z",
      updatedAt: "2026-01-01T00:00:00Z",
      version: 1,
    };
  }

  private play(): void {
    const sealed = sealFor(
      this.keys.publicKey(),
      JSON.stringify({ apiUsername: this.erp.username, apiPassword: this.erp.password }),
      credentialContext(this.tenantId, this.integration.name),
    ) as unknown as JsonObject;
    const known = (id: string) => id === this.integration.id || id === this.integration.name;
    this.bus.handle(gateway.tenants, async () => [{ id: this.tenantId, name: this.tenant }]);
    this.bus.handle(integrationConfig.connection, async ({ id }) => {
      if (!known(id)) throw new ProblemError("NOT_FOUND", `there is no integration ${id}`);
      return { integration: this.integration, sealed, deleted: false };
    });
    this.bus.handle(integrationConfig.mappings, async () => [...this.mappings.values()]);
  }
}
