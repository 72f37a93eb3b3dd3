import {
  integrationConfig,
  JsonText,
  JsonTexts,
  ProblemError,
  sync,
  systems,
  type CallContext,
  type Integration,
  type Job,
  type RecordView,
} from "@dovetail/contracts";
import { KeyRing } from "@dovetail/crypto";
import { Bus } from "@dovetail/messaging";
import { createLogger, type Environment, type Running } from "@dovetail/service-kit";
import { testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { gatewaySchema } from "../src/schema";
import { startGateway } from "../src/start";

export const OPERATOR_KEY = "operator-key-of-the-specs";

/** What came back of a request. */
export interface Answer {
  status: number;
  headers: Headers;
  body: never;
  text: string;
}

export interface Call {
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A gateway with its database and broker, and stand-ins for the services behind it. */
export interface Harness {
  readonly gateway: Running;
  readonly database: TestDatabase;
  readonly nats: TestNats;
  readonly behind: Behind;
  readonly lines: string[];
  readonly env: Environment;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** A new tenant; answers its first key. */
  tenant(name: string): Promise<{ id: string; key: string; bus: { user: string; password: string } }>;
  /** A key of a role, made by an administrator's key. */
  keyOf(admin: string, role: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startHarness(env: Environment = {}): Promise<Harness> {
  const [database, nats] = await Promise.all([testDatabase([gatewaySchema]), testNats()]);
  const behind = await Behind.start(nats.url);
  const full: Environment = {
    PORT: "0",
    DATABASE_URL: database.urlFor("gateway", "run"),
    GATEWAY_DISPATCH_URL: database.urlFor("gateway", "dispatch"),
    NATS_URL: nats.url,
    GATEWAY_KEYS: KeyRing.generate().export().reveal(),
    OPERATOR_KEY,
    ...env,
  };
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "gateway", level: "debug", destination });
  const gateway = await startGateway({ env: full, logger });
  const call = (method: string, path: string, options: Call = {}) => send(gateway.url, method, path, options);
  return {
    gateway,
    database,
    nats,
    behind,
    lines,
    env: full,
    call,
    async tenant(name) {
      const answer = await call("POST", "/api/v1/tenants", { key: OPERATOR_KEY, body: { name } });
      if (answer.status !== 201) throw new Error(`no tenant: ${answer.text}`);
      const { id, apiKey, bus } = answer.body as { id: string; apiKey: { key: string }; bus: never };
      return { id, key: apiKey.key, bus };
    },
    async keyOf(admin, role) {
      const answer = await call("POST", "/api/v1/api-keys", { key: admin, body: { name: role, role } });
      return (answer.body as { key: string }).key;
    },
    async stop() {
      await gateway.stop();
      await behind.bus.close();
      await nats.stop();
      await database.drop();
    },
  };
}

/** Sends a request; a body goes as JSON unless it is text. */
export async function send(base: string, method: string, path: string, call: Call = {}): Promise<Answer> {
  const { key, body, headers = {} } = call;
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : text) as never };
}

/** The services behind the gateway, as far as specs need them: they remember what they were asked. */
export class Behind {
  readonly asked: { operation: string; input: unknown; tenant: string; actor: CallContext["actor"] }[] = [];
  readonly ring = KeyRing.generate();
  job: Job = aJob();

  private constructor(readonly bus: Bus) {}

  static async start(url: string): Promise<Behind> {
    const behind = new Behind(await Bus.connect({ url, name: "behind" }));
    behind.answer();
    await behind.bus.connection.flush();
    return behind;
  }

  last(operation: string): { input: unknown; tenant: string; actor: CallContext["actor"] } {
    const found = this.asked.filter((one) => one.operation === operation).at(-1);
    if (!found) throw new Error(`${operation} was not asked`);
    return found;
  }

  count(operation: string): number {
    return this.asked.filter((one) => one.operation === operation).length;
  }

  private answer(): void {
    for (const [name, operation] of [
      ...Object.entries(integrationConfig),
      ...Object.entries(sync),
      ...Object.entries(systems),
    ]) {
      this.bus.handle(operation as typeof sync.job, async (input, ctx) => {
        this.asked.push({ operation: operation.subject, input, tenant: ctx.tenant, actor: ctx.actor });
        return this.outcome(operation.subject, name, input as { id?: string; key?: string }) as never;
      });
    }
  }

  private outcome(
    subject: string,
    name: string,
    input: { id?: string; key?: string; keys?: string[]; integration?: unknown },
  ): unknown {
    if (input.id === "missing" || input.integration === "missing") throw new ProblemError("NOT_FOUND", "nothing here");
    if (subject === sync.sealingKey.subject) return this.ring.publicKey();
    if (subject === sync.recordsByKey.subject)
      return new JsonTexts((input.keys ?? []).map((key) => new JsonText(JSON.stringify(aRecord(key)), 7)));
    if (subject === sync.write.subject) return { record: aRecord(input.key ?? ""), transactions: [], duplicate: false };
    if (subject === sync.execute.subject)
      return { jobs: [{ id: "j1", entityType: "Part", status: "queued", coalesced: false }] };
    if (subject === sync.job.subject || subject === sync.cancelJob.subject) return this.job;
    if (subject === sync.test.subject)
      return { success: false, message: "refused", code: "ERP002", serverInfo: {}, latencyMs: 1 };
    if (subject === sync.bulkRetry.subject) return { id: "b1", kind: "retry", status: "queued" };
    if (subject === integrationConfig.putMapping.subject) return { version: 3, stage: "production", warnings: [] };
    if (subject === integrationConfig.mapping.subject) return { version: 2, document: {} };
    if (subject.startsWith("dovetail.integration-config.integrations.") && !subject.endsWith("list"))
      return anIntegration();
    if (/health|metrics$|fields$|versions$|mappings\.list|systems\.(list|templates)/.test(subject)) return [];
    return subject.endsWith("list") || subject.endsWith("read") || name === "financial"
      ? { items: [], next: null }
      : { id: input.id ?? "x" };
  }
}

export function aRecord(key: string): RecordView {
  return {
    entityType: "Part",
    key,
    version: 7,
    deleted: false,
    updatedAt: "2026-11-20T12:00:00.000Z",
    record: { partNumber: key },
    sync: [],
  };
}

export function aJob(change: Partial<Job> = {}): Job {
  const counts = { read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, parked: 0, deleted: 0 };
  return {
    id: "j1",
    integration: "odoo-demo",
    entityType: "Part",
    direction: "inbound",
    mode: "incremental",
    trigger: "manual",
    status: "running",
    dryRun: false,
    counts,
    mappingVersion: 1,
    startedAt: null,
    finishedAt: null,
    createdAt: "2026-11-20T12:00:00.000Z",
    problem: null,
    approval: null,
    ...change,
  };
}

export function anIntegration(): Integration {
  return {
    id: "0198f3d2-0000-7000-8000-0000000000aa",
    name: "odoo-demo",
    erpSystem: "ODOO",
    description: "",
    critical: false,
    connectionMethod: "API",
    apiEndpoint: "http://127.0.0.1:1",
    apiVersion: null,
    authMethod: "BASIC",
    syncSchedule: {},
    settings: {},
    entities: {},
    limits: {},
    features: {},
    tls: {},
    status: "ACTIVE",
    credentials: { set: ["apiPassword"], updatedAt: null },
    adapter: { system: "ODOO", version: 1 },
    createdAt: "2026-11-20T12:00:00.000Z",
    updatedAt: "2026-11-20T12:00:00.000Z",
    version: 4,
  };
}
