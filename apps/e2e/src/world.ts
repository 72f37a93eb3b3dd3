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
  private readonly running = new Map<ServiceName, Running>();
  private readonly keys = { gateway: newKeys(), engine: newKeys() };
  private readonly local: LocalBus | undefined;
  private tenantUsers: NatsUser[] = [];
  private readonly opened: { bus?: Bus; gatewayUrl: string } = { gatewayUrl: "" };

  private constructor(
    readonly database: TestDatabase,
    readonly nats: TestNats,
    private readonly admin: Client,
    private readonly options: WorldOptions,
  ) {
    this.local = options.local ? new LocalBus() : undefined;
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const [database, nats] = await Promise.all([
      testDatabase([gatewaySchema, integrationConfigSchema, syncEngineSchema]),
      testNats({ users: serviceUsers() }),
    ]);
    const admin = new Client(database.adminUrl);
    await admin.connect();
    const world = new World(database, nats, admin, options);
    await world.join();
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
    for (const name of [...this.running.keys()].reverse()) await this.stopService(name);
    await this.opened.bus?.close();
    await this.admin.end();
    await this.nats.stop();
    await this.database.drop();
  }

  /** Starts a service again, or for the first time. */
  async startService(name: ServiceName): Promise<void> {
    const schema = name.replace("-", "_");
    const env = { ...this.environment(name, schema), ...this.options.env };
    const service = await STARTERS[name]({
      env,
      logger: this.logger(name),
      ...(this.local ? { local: this.local } : {}),
    });
    this.running.set(name, service);
    if (name === "gateway") this.opened.gatewayUrl = service.url;
  }

  /** Stops one service; the others go on. */
  async stopService(name: ServiceName): Promise<void> {
    await this.running.get(name)?.stop();
    this.running.delete(name);
  }

  private async join(): Promise<void> {
    for (const name of ["integration-config", "sync-engine", "gateway"] as const) await this.startService(name);
    const access = { url: this.nats.url, user: "platform", pass: "platform", name: "platform" };
    this.opened.bus = await Bus.connect({ ...access, ...(this.local ? { local: this.local } : {}) });
  }

  private environment(name: string, schema: string): Environment {
    return {
      PORT: "0",
      DATABASE_URL: this.database.urlFor(schema, "run"),
      [`${schema.toUpperCase()}_DISPATCH_URL`]: this.database.urlFor(schema, "dispatch"),
      NATS_URL: this.nats.url,
      NATS_USER: name,
      NATS_PASSWORD: name,
      SYNC_ENGINE_KEYS: this.keys.engine,
      ERP_SYNC_INTERVAL: "0",
      GATEWAY_KEYS: this.keys.gateway,
      OPERATOR_KEY,
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
export type ServiceName = "gateway" | "integration-config" | "sync-engine";

const STARTERS: Record<ServiceName, Starter> = {
  gateway: startGateway,
  "integration-config": startIntegrationConfig,
  "sync-engine": startSyncEngine,
};

interface CreatedTenant {
  id: string;
  apiKey: { key: string };
  bus: { user: string; password: string };
}

function serviceUsers(): NatsUser[] {
  return SERVICES.map((user) => ({ user, password: user }));
}

function newKeys(): string {
  return KeyRing.generate().export().reveal();
}
