import { rmSync } from "node:fs";
import { join } from "node:path";
import { migrateService, roleName, type ServiceRole } from "@dovetail/database";
import {
  freePort,
  startNats,
  startPostgres,
  type NatsUser,
  type RunningNats,
  type RunningPostgres,
} from "@dovetail/embedded";
import { gatewaySchema } from "@dovetail/gateway";
import { integrationConfigSchema } from "@dovetail/integration-config";
import { syncEngineSchema } from "@dovetail/sync-engine";
import { Client } from "pg";
import { SERVICES } from "./service-process";

const PASSWORD = "chaos";
/** The machine itself does not fail here: the page cache outlives every kill, and commits are still waited for. */
const SETTINGS = { fsync: "off", full_page_writes: "off", max_wal_size: "2GB" };

/** The product's PostgreSQL and NATS: real servers, each on a port of its own that it keeps. */
export class Servers {
  private users: NatsUser[] = SERVICES.map((user) => ({ user, password: user }));

  private constructor(
    private readonly dir: string,
    readonly ports: { postgres: number; nats: number },
    private postgres: RunningPostgres,
    private nats: RunningNats | undefined,
  ) {}

  static async start(dir: string): Promise<Servers> {
    const ports = { postgres: await freePort(), nats: await freePort() };
    const postgres = await startPostgres(postgresOptions(dir, ports.postgres));
    const servers = new Servers(dir, ports, postgres, undefined);
    await servers.startNats();
    const root = new Client(postgres.url);
    await root.connect();
    await root.query("create database product");
    await root.end();
    for (const schema of [gatewaySchema, integrationConfigSchema, syncEngineSchema])
      await migrateService(servers.url("dovetail"), schema, { owner: PASSWORD, run: PASSWORD, dispatch: PASSWORD });
    return servers;
  }

  /** The product's database as one role of a service, on a given port: that of a proxy. */
  roleUrl(schema: string, role: ServiceRole, port: number): string {
    return this.url(roleName(schema, role), port);
  }

  /** Lets another user onto the bus, also after each restart. */
  async addUser(user: NatsUser): Promise<void> {
    this.users = [...this.users, user];
    await this.nats?.reload(this.users);
  }

  /** As a crash of the server: no checkpoint, what was not answered may or may not be there. */
  async crashPostgres(): Promise<void> {
    process.kill(this.postgres.pid, "SIGQUIT");
    await this.postgres.stop();
    this.postgres = await startPostgres(postgresOptions(this.dir, this.ports.postgres));
  }

  async stopNats(): Promise<void> {
    await this.nats?.kill();
    this.nats = undefined;
  }

  wipeNats(): void {
    rmSync(join(this.dir, "nats", "jetstream"), { recursive: true, force: true });
  }

  async startNats(): Promise<void> {
    this.nats ??= await startNats({ dir: join(this.dir, "nats"), port: this.ports.nats, users: this.users });
  }

  async stop(): Promise<void> {
    await this.nats?.stop();
    await this.postgres.stop();
  }

  private url(user: string, port = this.ports.postgres): string {
    return `postgres://${user}:${PASSWORD}@127.0.0.1:${port}/product`;
  }
}

function postgresOptions(dir: string, port: number) {
  return { dir: join(dir, "postgres"), port, password: PASSWORD, settings: SETTINGS, maxConnections: 200 };
}
