import {
  integrationConfig,
  ProblemError,
  sync,
  systems,
  type CallContext,
  type CreateIntegration,
  type ErpField,
  type Integration,
  type Operation,
  type ProblemDocument,
  type ResolvedSystem,
  type ResolveSystem,
  type SystemDescription,
} from "@dovetail/contracts";
import { uuidv7, type Json, type JsonObject } from "@dovetail/domain";
import { Bus } from "@dovetail/messaging";
import { createLogger, type Running } from "@dovetail/service-kit";
import { testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { Client } from "pg";
import { ACME, FILE_MAPPINGS, FILE_TEMPLATE, FILES, TEMPLATES } from "./acme";
import { integrationConfigSchema, startIntegrationConfig } from "../src/start";

/** What the stand-in for the sync-engine answers. */
export interface Erp {
  fields: () => Promise<ErpField[]>;
}

/** The service with its own database and broker, and a stand-in for the sync-engine. */
export interface Harness {
  database: TestDatabase;
  nats: TestNats;
  running: Running;
  bus: Bus;
  erp: Erp;
  admin: Client;
  /** The stand-in; stop it to have nobody answer. */
  engine: { stop(): Promise<void> };
  stop(): Promise<void>;
}

function adapterOf(code: string): SystemDescription {
  const found = [ACME, FILES].find((system) => system.code === code);
  if (!found) throw new ProblemError("NOT_FOUND", `there is no system ${code}`);
  return found;
}

/** As the sync-engine resolves: ACME by its API, any system by files. */
function resolve({ erpSystem, connectionMethod, template }: ResolveSystem): ResolvedSystem {
  const method = connectionMethod ?? (template === undefined ? "API" : "FILE");
  if (method === "FILE") {
    const found = template === undefined ? null : FILE_TEMPLATE;
    const mappings = { ...FILE_MAPPINGS, ...found?.mappings };
    return { erpSystem, connectionMethod: method, adapter: FILES, mappings, template: found };
  }
  if (erpSystem === ACME.code && method === "API")
    return { erpSystem, connectionMethod: method, adapter: ACME, mappings: TEMPLATES, template: null };
  const message = `${erpSystem} has no adapter for ${method}; there are ACME (API), and any system by FILE`;
  const errors = [{ field: "erpSystem", rule: "exists", value: erpSystem, code: "ERP008", message }];
  throw new ProblemError("ERP008", message, { errors });
}

export async function startHarness(): Promise<Harness> {
  const [database, nats] = await Promise.all([testDatabase([integrationConfigSchema]), testNats()]);
  const erp: Erp = { fields: async () => [] };
  const engine = await Bus.connect({ url: nats.url, name: "sync-engine" });
  engine.handle(systems.get, async ({ id }) => adapterOf(id));
  engine.handle(systems.resolve, async (asked) => resolve(asked));
  engine.handle(sync.fields, () => erp.fields());
  const running = await startIntegrationConfig({
    env: {
      PORT: "0",
      DATABASE_URL: database.urlFor("integration_config", "run"),
      INTEGRATION_CONFIG_DISPATCH_URL: database.urlFor("integration_config", "dispatch"),
      NATS_URL: nats.url,
    },
    logger: createLogger({ service: "integration-config", level: "silent" }),
  });
  const bus = await Bus.connect({ url: nats.url, name: "spec" });
  const admin = new Client(database.adminUrl);
  await admin.connect();
  return {
    ...{ database, nats, running, bus, erp, admin },
    engine: { stop: () => engine.close() },
    async stop() {
      await bus.close();
      await running.stop();
      await engine.close();
      await admin.end();
      await Promise.all([database.drop(), nats.stop()]);
    },
  };
}

/** A user of a fresh tenant. */
export function newTenant(): CallContext {
  const id = uuidv7();
  return { tenantId: id, tenant: `t-${id.slice(-8)}`, actor: { kind: "user", id: "ada", permissions: ["erp:create"] } };
}

export const BOX = { v: 1, ct: "c2VjcmV0" };

/** The least that makes an integration with ACME. */
export function acme(name: string, more: JsonObject = {}): CreateIntegration {
  const integration = {
    name,
    erpSystem: "ACME",
    apiEndpoint: "https://erp.example.com",
    settings: { database: "o14" },
  };
  return {
    integration: { ...integration, ...more },
    credentials: { box: BOX, summary: { set: ["apiUsername", "apiPassword"] } },
  } as unknown as CreateIntegration;
}

export function create(bus: Bus, ctx: CallContext, name: string, more: JsonObject = {}): Promise<Integration> {
  return bus.call(integrationConfig.create, ctx, acme(name, more));
}

/** The problem that a call ends in. */
export async function problemOf<I extends object, O>(
  bus: Bus,
  operation: Operation<I, O>,
  ctx: CallContext,
  input: I,
): Promise<ProblemDocument> {
  try {
    await bus.call(operation, ctx, input);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error(`${operation.subject} succeeded`);
}

/** A row of the audit. */
export interface AuditRow {
  action: string;
  subject: string;
  actor_kind: string;
  actor_id: string;
  previous: Json;
  next: Json;
}

/** The tenant's audit rows, oldest first. */
export async function auditOf(h: Harness, ctx: CallContext): Promise<AuditRow[]> {
  const text = "select * from integration_config.audit where tenant_id = $1 order by id";
  return (await h.admin.query<AuditRow>(text, [ctx.tenantId])).rows;
}
