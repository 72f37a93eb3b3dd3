import {
  credentialContext,
  gateway,
  integrationConfig,
  ProblemError,
  type CallContext,
  type Integration,
  type Job,
  type JobMode,
  type RecordView,
} from "@dovetail/contracts";
import { KeyRing, sealFor } from "@dovetail/crypto";
import type { MemoryErp } from "@dovetail/adapter-memory";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { Bus } from "@dovetail/messaging";
import type { Running } from "@dovetail/service-kit";
import { testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { Pool } from "pg";
import { startSyncEngine, syncEngineSchema } from "../src/start";
import { TestTenant, type Entities } from "./tenant";

/** A sync-engine on real PostgreSQL and NATS, ERPs in memory, and the two services that it asks, played by handlers. */
export class World {
  readonly main: TestTenant;
  readonly tenants: TestTenant[];
  readonly engines: Running[] = [];
  private readonly keys = KeyRing.generate();
  private readonly admin: Pool;

  private constructor(
    readonly database: TestDatabase,
    readonly nats: TestNats,
    readonly bus: Bus,
    entities: Entities,
  ) {
    this.main = new TestTenant("acme", entities, bus);
    this.tenants = [this.main];
    this.admin = new Pool({ connectionString: database.adminUrl, max: 1 });
    // a server that is restarted ends idle connections: the next question opens another
    this.admin.on("error", () => undefined);
    this.play();
  }

  /** On a database of its own unless one is given. */
  static async open(entities: Entities, engines = 1, given?: TestDatabase): Promise<World> {
    const database = given ?? (await testDatabase([syncEngineSchema]));
    const nats = await testNats();
    const bus = await Bus.connect({ url: nats.url, name: "world" });
    const world = new World(database, nats, bus, entities);
    for (let i = 0; i < engines; i++) await world.startEngine();
    return world;
  }

  get erp(): MemoryErp {
    return this.main.erp;
  }

  get context(): CallContext {
    return this.main.context;
  }

  get integration(): Integration {
    return this.main.integration;
  }

  /** A second integration of the main tenant, with an ERP of its own; the engine knows it. */
  async addBeside(entities: Entities): Promise<TestTenant> {
    const beside = this.main.beside(entities);
    this.tenants.push(beside);
    await beside.sync(Object.keys(entities) as EntityName[]);
    return beside;
  }

  /** Another tenant with an ERP of its own. */
  addTenant(name: string, entities: Entities): TestTenant {
    const tenant = new TestTenant(name, entities, this.bus);
    this.tenants.push(tenant);
    return tenant;
  }

  /** The variables with which an engine of this world starts. */
  environment(): Record<string, string> {
    return {
      PORT: "0",
      DATABASE_URL: this.database.urlFor("sync_engine", "run"),
      SYNC_ENGINE_DISPATCH_URL: this.database.urlFor("sync_engine", "dispatch"),
      NATS_URL: this.nats.url,
      SYNC_ENGINE_KEYS: this.keys.export().reveal(),
      ERP_SYNC_INTERVAL: "0",
      ERP_LOG_LEVEL: process.env["ERP_LOG_LEVEL"] ?? "fatal",
    };
  }

  async startEngine(change: Record<string, string> = {}): Promise<Running> {
    const engine = await startSyncEngine({ env: { ...this.environment(), ...change } });
    this.engines.push(engine);
    return engine;
  }

  /** Reads the database past every policy. */
  async sql<R>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.admin.query(text, values)).rows as R[];
  }

  async close(): Promise<void> {
    for (const engine of this.engines) await engine.stop();
    await this.bus.close();
    await this.nats.stop();
    await this.admin.end();
    await this.database.drop();
    for (const tenant of this.tenants) tenant.close();
  }

  sync(entityTypes: EntityName[], mode: JobMode = "incremental"): Promise<Job[]> {
    return this.main.sync(entityTypes, mode);
  }

  view(entityType: EntityName, key: string): Promise<RecordView> {
    return this.main.view(entityType, key);
  }

  record(entityType: EntityName, key: string): Promise<JsonObject> {
    return this.main.record(entityType, key);
  }

  private play(): void {
    const owning = (ctx: CallContext, id: string) =>
      this.tenants.find(
        ({ tenantId, integration }) => tenantId === ctx.tenantId && [integration.id, integration.name].includes(id),
      );
    this.bus.handle(gateway.tenants, async () =>
      [...new Map(this.tenants.map(({ tenantId, tenant }) => [tenantId, tenant]))].map(([id, name]) => ({ id, name })),
    );
    this.bus.handle(integrationConfig.connection, async ({ id }, ctx) => {
      const tenant = owning(ctx, id);
      if (!tenant) throw new ProblemError("NOT_FOUND", `there is no integration ${id}`);
      const { integration, deleted } = tenant;
      return { integration, sealed: this.sealed(tenant), deleted };
    });
    this.bus.handle(integrationConfig.mappings, async ({ integration }, ctx) => [
      ...(owning(ctx, integration)?.mappings.values() ?? []),
    ]);
  }

  private sealed({ tenantId, integration, credentials }: TestTenant): JsonObject {
    const context = credentialContext(tenantId, integration.name);
    return sealFor(this.keys.publicKey(), JSON.stringify(credentials), context) as unknown as JsonObject;
  }
}
