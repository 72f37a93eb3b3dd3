import { randomUUID } from "node:crypto";
import { memory, startMemoryErp, stopMemoryErp, type MemoryErp } from "@dovetail/adapter-memory";
import {
  ProblemError,
  serviceContext,
  sync,
  type CallContext,
  type DeadLetter,
  type EntitySettings,
  type Integration,
  type Job,
  type JobMode,
  type MappingVersion,
  type RecordView,
  type Transaction,
  type WriteAnswer,
  type WriteRecord,
} from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import type { Bus } from "@dovetail/messaging";
import { eventually } from "@dovetail/testing";

export type Entities = Partial<Record<EntityName, Partial<EntitySettings>>>;

const SETTINGS: EntitySettings = {
  direction: "both",
  master: true,
  keyPrefix: null,
  lookbackSeconds: 60,
  pageSize: 100,
  fieldPolicy: { "*": "erp" },
};

/** A tenant with one integration of an ERP in memory, and what tests ask of it. */
export class TestTenant {
  readonly tenantId: string;
  readonly instance = `erp-${randomUUID()}`;
  readonly erp: MemoryErp;
  readonly context: CallContext;
  readonly mappings = new Map<EntityName, MappingVersion>();
  credentials: JsonObject;
  integration: Integration;
  deleted = false;

  constructor(
    readonly tenant: string,
    entities: Entities,
    private readonly bus: Bus,
    beside?: TestTenant,
  ) {
    this.tenantId = beside?.tenantId ?? randomUUID();
    this.erp = startMemoryErp(this.instance, { seed: 7 });
    this.credentials = { apiUsername: this.erp.username, apiPassword: this.erp.password };
    this.context = serviceContext("test", this.tenantId, tenant);
    this.integration = newIntegration(this.instance, entities);
    if (beside) this.integration.name = "memory-two";
    for (const entity of Object.keys(entities) as EntityName[])
      this.setMapping(entity, 1, memory.mappings[entity] as unknown as JsonObject);
  }

  /** Another integration of the same tenant, with an ERP of its own. */
  beside(entities: Entities): TestTenant {
    return new TestTenant(this.tenant, entities, this.bus, this);
  }

  close(): void {
    stopMemoryErp(this.instance);
  }

  setMapping(entityType: EntityName, version: number, document: JsonObject): void {
    const integrationId = this.integration.id;
    const about = { integrationId, entityType, version, stage: "production", origin: "template" } as const;
    this.mappings.set(entityType, { ...about, createdBy: "test", document, createdAt: "2026-01-01T00:00:00Z" });
  }

  /** The integration's next version; it is taken over by the next execute. */
  change(part: Partial<Integration>): void {
    this.integration = { ...this.integration, ...part, version: this.integration.version + 1 };
  }

  /** Runs a sync of the entities and waits for its end. */
  async sync(entityTypes: EntityName[], mode: JobMode = "incremental"): Promise<Job[]> {
    const jobs = await this.execute(entityTypes, mode);
    return Promise.all(jobs.map(({ id }) => this.ended(id)));
  }

  async execute(entityTypes: EntityName[], mode: JobMode = "incremental") {
    const input = { integration: this.integration.name, entityTypes, mode };
    return (await this.bus.call(sync.execute, this.context, input)).jobs;
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

  async view(entityType: EntityName, key: string): Promise<RecordView> {
    const asked = { entityTypes: [entityType], keys: [key] };
    const [found] = (await this.bus.call(sync.recordsByKey, this.context, asked)).texts;
    if (!found) throw new ProblemError("NOT_FOUND", `there is no ${entityType} ${key}`);
    return found.parse();
  }

  async record(entityType: EntityName, key: string): Promise<JsonObject> {
    return (await this.view(entityType, key)).record;
  }

  async write(input: Omit<WriteRecord, "op"> & { op?: WriteRecord["op"] }): Promise<WriteAnswer> {
    return this.bus.call(sync.write, this.context, { op: "put", ...input });
  }

  /** Waits until the push of a write has a status. */
  async settled(id: string | undefined, status: Transaction["status"], timeoutMs = 15_000): Promise<Transaction> {
    return eventually(
      async () => {
        const found = await this.bus.call(sync.transaction, this.context, { id: id ?? "" });
        if (found.status !== status) throw new Error(`${found.status} ${found.problem?.detail ?? ""}`);
        return found;
      },
      { timeoutMs },
    );
  }

  async letters(status: "OPEN" | "RESOLVED" | "DISCARDED" = "OPEN"): Promise<DeadLetter[]> {
    return (await this.bus.call(sync.deadLetters, this.context, { status, limit: 1000 })).items;
  }

  /** Documents that the ERP made of a key: a duplicate shows as two. */
  documents(entity: EntityName, key: string): JsonObject[] {
    const rows = this.erp.table(entity).find(this.erp.now(), (row) => this.erp.keyOf(entity, row.body) === key);
    return rows.map((row) => row.body);
  }
}

function newIntegration(instance: string, entities: Entities): Integration {
  const all = Object.entries(entities).map(([entity, own]) => [entity, { ...SETTINGS, ...own }] as const);
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
    settings: { instance },
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
