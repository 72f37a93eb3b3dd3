import { gateway, serviceContext } from "@dovetail/contracts";
import { KeyRing } from "@dovetail/crypto";
import type { NatsUser } from "@dovetail/embedded";
import { gatewaySchema, startGateway } from "@dovetail/gateway";
import { integrationConfigSchema, startIntegrationConfig } from "@dovetail/integration-config";
import { Bus, LocalBus } from "@dovetail/messaging";
import { createLogger, type Environment, type Logger, type Running } from "@dovetail/service-kit";
import { startSyncEngine, syncEngineSchema } from "@dovetail/sync-engine";
import { testDatabase, testNats, type TestDatabase, type TestNats } from "@dovetail/testing";
import { Client } from "pg";
import { HttpClient } from "./http-client";
import { TenantWorld } from "./tenant-world";

const OPERATOR_KEY = "operator-key-of-the-end-to-end-tests";
const NOBODY = "00000000-0000-0000-0000-000000000000";
const SERVICES = ["gateway", "integration-config", "sync-engine", "platform"] as const;

/** How the product is put together. */
export interface WorldOptions {
  /** Services call each other in memory, as in one process; else over the wire. */
  local?: boolean;
  /** More variables, for every service. */
  env?: Environment;
}

/** The whole product in this process, on a PostgreSQL database and a NATS server of its own. */
export class World {
  /** Every line that any service logged. */
  readonly lines: string[] = [];
  private readonly running: Running[] = [];
  private tenantUsers: NatsUser[] = [];
  private readonly opened: { bus?: Bus; gatewayUrl: string } = { gatewayUrl: "" };

  private constructor(
    readonly database: TestDatabase,
    readonly nats: TestNats,
    private readonly admin: Client,
  ) {}

  static async open(options: WorldOptions = {}): Promise<World> {
    const [database, nats] = await Promise.all([
      testDatabase([gatewaySchema, integrationConfigSchema, syncEngineSchema]),
      testNats({ users: serviceUsers() }),
    ]);
    const admin = new Client(database.adminUrl);
    await admin.connect();
    const world = new World(database, nats, admin);
    await world.start(options);
    return world;
  }

  get gatewayUrl(): string {
    return this.opened.gatewayUrl;
  }

  /** A client of the person who runs the platform. */
  get operator(): HttpClient {
    return this.client(OPERATOR_KEY);
  }

  client(key?: string): HttpClient {
    return new HttpClient(this.gatewayUrl, key);
  }

  /** A new tenant with an administrator's key; its bus user is in force. */
  async tenant(name: string): Promise<TenantWorld> {
    const made = await this.operator.change<CreatedTenant>("POST", "/tenants", { name });
    await this.renewBusUsers();
    const { user, password } = made.bus;
    return new TenantWorld(made.id, name, this.client(made.apiKey.key), { url: this.nats.url, user, password });
  }

  /** Reads the database past every policy. */
  async sql<R>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.admin.query(text, values)).rows as R[];
  }

  /** Gives the broker the users of every tenant, as the platform does with its own. */
  async renewBusUsers(): Promise<void> {
    const context = serviceContext("platform", NOBODY, "");
    const tenants = await this.bus.call(gateway.busUsers, context, {});
    this.tenantUsers = tenants.map(({ tenant, user, passwordHash }) => ({
      user,
      password: passwordHash,
      publish: [`mes.${tenant}.>`],
      subscribe: [`erp.${tenant}.>`, `_INBOX.${user}.>`],
    }));
    await this.nats.reload([...serviceUsers(), ...this.tenantUsers]);
  }

  /** The connection of a service: it may do everything. */
  get bus(): Bus {
    if (!this.opened.bus) throw new Error("the world is not open");
    return this.opened.bus;
  }

  async close(): Promise<void> {
    for (const service of [...this.running].reverse()) await service.stop();
    await this.opened.bus?.close();
    await this.admin.end();
    await this.nats.stop();
    await this.database.drop();
  }

  private async start(options: WorldOptions): Promise<void> {
    const local = options.local ? new LocalBus() : undefined;
    const launch = async (name: string, schema: string, starter: Starter, own: Environment): Promise<Running> => {
      const env = { ...this.environment(name, schema), ...own, ...options.env };
      const service = await starter({ env, logger: this.logger(name), ...(local ? { local } : {}) });
      this.running.push(service);
      return service;
    };
    await launch("integration-config", "integration_config", startIntegrationConfig, {});
    await launch("sync-engine", "sync_engine", startSyncEngine, {
      SYNC_ENGINE_KEYS: KeyRing.generate().export().reveal(),
      ERP_SYNC_INTERVAL: "0",
    });
    const edge = await launch("gateway", "gateway", startGateway, {
      GATEWAY_KEYS: KeyRing.generate().export().reveal(),
      OPERATOR_KEY,
    });
    this.opened.gatewayUrl = edge.url;
    const access = { url: this.nats.url, user: "platform", pass: "platform" };
    this.opened.bus = await Bus.connect({ ...access, name: "platform", ...(local ? { local } : {}) });
  }

  private environment(name: string, schema: string): Environment {
    return {
      PORT: "0",
      DATABASE_URL: this.database.urlFor(schema, "run"),
      [`${schema.toUpperCase()}_DISPATCH_URL`]: this.database.urlFor(schema, "dispatch"),
      NATS_URL: this.nats.url,
      NATS_USER: name,
      NATS_PASSWORD: name,
    };
  }

  private logger(service: string): Logger {
    const level = (process.env["ERP_LOG_LEVEL"] ?? "info") as "info";
    const loud = process.env["ERP_LOG_LEVEL"] !== undefined;
    const write = (line: string): void => {
      this.lines.push(line);
      if (loud) process.stderr.write(line);
    };
    return createLogger({ service, level, destination: { write } });
  }
}

type Starter = (options: { env: Environment; local?: LocalBus; logger: Logger }) => Promise<Running>;

interface CreatedTenant {
  id: string;
  apiKey: { key: string };
  bus: { user: string; password: string };
}

function serviceUsers(): NatsUser[] {
  return SERVICES.map((user) => ({ user, password: user }));
}
