import { randomUUID } from "node:crypto";
import { adapterFor } from "@dovetail/adapter-registry";
import {
  credentialContext,
  gateway,
  integrationConfig,
  readEvents,
  serviceContext,
  type CallContext,
  type EntitySettings,
  type Integration,
  type MappingVersion,
} from "@dovetail/contracts";
import { KeyRing, sealFor } from "@dovetail/crypto";
import type { JsonObject } from "@dovetail/domain";
import type { Bus } from "@dovetail/messaging";

export const ENTITY = "Supplier";
const EPOCH = "2026-01-01T00:00:00Z";
const SETTINGS: EntitySettings = {
  direction: "inbound",
  master: true,
  keyPrefix: null,
  lookbackSeconds: 300,
  pageSize: 1000,
  fieldPolicy: { "*": "erp" },
};

/** The services that a sync-engine asks, played: one tenant with one integration of the simulated ERP. */
export class Neighbours {
  readonly tenant = "bench";
  readonly tenantId = randomUUID();
  readonly integration: Integration;
  readonly keys = KeyRing.generate();
  readonly context: CallContext;

  /** `calls`: as many calls the account takes at once; then changes are pushed to it, too. */
  constructor(erp: { url: string; database: string }, calls?: number) {
    this.context = serviceContext("bench", this.tenantId, this.tenant);
    this.integration = newIntegration(erp, calls);
  }

  /** Answers on the bus as the gateway and integration-config do. */
  play(bus: Bus): void {
    const credentials = JSON.stringify({ apiUsername: "admin", apiPassword: "admin" });
    const context = credentialContext(this.tenantId, this.integration.name);
    const sealed = sealFor(this.keys.publicKey(), credentials, context) as unknown as JsonObject;
    for (const producer of ["gateway", "integration-config"] as const)
      bus.handle(readEvents[producer], async () => ({ events: [], head: 0, oldest: 1 }));
    bus.handle(gateway.tenants, async () => [{ id: this.tenantId, name: this.tenant }]);
    bus.handle(integrationConfig.connection, async () => ({ integration: this.integration, sealed, deleted: false }));
    bus.handle(integrationConfig.mappings, async () => [this.mapping()]);
  }

  /** The default mapping that an integration gets when it is made. */
  private mapping(): MappingVersion {
    const document = adapterFor("ODOO").mappings?.[ENTITY] as unknown as JsonObject;
    return {
      integrationId: this.integration.id,
      entityType: ENTITY,
      version: 1,
      stage: "production",
      origin: "template",
      createdBy: "bench",
      createdAt: EPOCH,
      document,
    };
  }
}

function newIntegration({ url, database }: { url: string; database: string }, calls?: number): Integration {
  const settings: EntitySettings = { ...SETTINGS, direction: calls === undefined ? "inbound" : "both" };
  return {
    id: randomUUID(),
    name: "bulk",
    erpSystem: "ODOO",
    description: "",
    critical: false,
    connectionMethod: "API",
    apiEndpoint: url,
    apiVersion: null,
    authMethod: "BASIC",
    syncSchedule: { enabled: false },
    settings: { database },
    entities: { [ENTITY]: settings },
    limits: calls === undefined ? {} : { concurrentCalls: calls },
    features: {},
    tls: {},
    status: "ACTIVE",
    credentials: { set: ["apiUsername", "apiPassword"], updatedAt: null },
    adapter: { system: "ODOO", version: 1 },
    createdAt: EPOCH,
    updatedAt: EPOCH,
    version: 1,
  };
}
