import { join } from "node:path";
import { KeyRing } from "@dovetail/crypto";
import { freePort } from "@dovetail/embedded";
import { eventually, FaultProxy } from "@dovetail/testing";
import { HttpClient } from "../http-client";
import { TenantWorld } from "../tenant-world";
import type { Servers } from "./servers";
import { ServiceProcess, SERVICES, type ProcessPlace, type ServiceName } from "./service-process";

/** Long enough that a busy machine does not lose one by itself; a pause longer than it is still short. */
export const LEASE_MS = 8_000;

const OPERATOR_KEY = "operator-key-of-the-chaos-run";
const ENGINES = 2;

/** A service's process with the lines that it has to the database and to the bus: both can be cut. */
export interface Member {
  process: ServiceProcess;
  toPostgres: FaultProxy;
  toNats: FaultProxy;
}

/** The product under test: a gateway, an integration-config and several sync-engines. */
export class Platform {
  private constructor(
    readonly members: readonly Member[],
    readonly gatewayUrl: string,
    private readonly servers: Servers,
  ) {}

  static async start(servers: Servers, place: Omit<ProcessPlace, "logFile"> & { logDir: string }): Promise<Platform> {
    const keys = { gateway: newKeys(), engine: newKeys() };
    const members: Member[] = [];
    const ports: Partial<Record<ServiceName, number>> = {};
    for (const service of SERVICES)
      for (let n = 1; n <= (service === "sync-engine" ? ENGINES : 1); n++) {
        const name = service === "sync-engine" ? `${service}-${n}` : service;
        const [toPostgres, toNats, port] = await Promise.all([
          FaultProxy.start({ port: servers.ports.postgres }),
          FaultProxy.start({ port: servers.ports.nats }),
          freePort(),
        ]);
        ports[service] = port;
        const env = environment(service, servers, { keys, port, postgres: toPostgres.port, nats: toNats.port });
        const own = { root: place.root, dist: place.dist, logFile: join(place.logDir, `${name}.log`) };
        members.push({ process: new ServiceProcess(name, service, env, own), toPostgres, toNats });
      }
    const platform = new Platform(members, `http://127.0.0.1:${ports.gateway}`, servers);
    for (const { process } of members) process.start();
    await platform.serves(60_000);
    return platform;
  }

  get engines(): Member[] {
    return this.members.filter(({ process }) => process.service === "sync-engine");
  }

  client(key: string): HttpClient {
    return new HttpClient(this.gatewayUrl, key);
  }

  /** Waits until every process serves and sees database and bus. */
  async serves(timeoutMs: number): Promise<void> {
    for (const { process } of this.members)
      await eventually(() => process.isLive("/health/ready"), { timeoutMs }).catch((cause: unknown) => {
        throw new Error(`${process.name} did not come up`, { cause });
      });
  }

  /** A tenant with its administrator's key; its bus user is in force. */
  async tenant(name: string): Promise<TenantWorld> {
    const operator = this.client(OPERATOR_KEY);
    const made = await eventually(
      () =>
        operator.change<{ id: string; apiKey: { key: string }; bus: { user: string; password: string } }>(
          "POST",
          "/tenants",
          { name },
        ),
      { timeoutMs: 20_000 },
    );
    const { user, password } = made.bus;
    await this.servers.addUser({
      user,
      password,
      publish: [`mes.${name}.>`],
      subscribe: [`erp.${name}.>`, `_INBOX.${user}.>`],
    });
    const url = `nats://127.0.0.1:${this.servers.ports.nats}`;
    return new TenantWorld(made.id, name, this.client(made.apiKey.key), { url, user, password });
  }

  /** Lines pass, everybody runs. */
  heal(): void {
    for (const { toPostgres, toNats } of this.members) for (const line of [toPostgres, toNats]) line.pass();
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ process }) => process.stop()));
    await Promise.all(this.members.flatMap(({ toPostgres, toNats }) => [toPostgres.stop(), toNats.stop()]));
  }
}

interface Access {
  keys: { gateway: string; engine: string };
  port: number;
  postgres: number;
  nats: number;
}

function environment(
  service: ServiceName,
  servers: Servers,
  { keys, port, postgres, nats }: Access,
): Record<string, string> {
  const schema = service.replace("-", "_");
  return {
    PORT: String(port),
    DATABASE_URL: servers.roleUrl(schema, "run", postgres),
    [`${schema.toUpperCase()}_DISPATCH_URL`]: servers.roleUrl(schema, "dispatch", postgres),
    NATS_URL: `nats://127.0.0.1:${nats}`,
    NATS_USER: service,
    NATS_PASSWORD: service,
    LEASE_MS: String(LEASE_MS),
    ERP_LOG_LEVEL: process.env["ERP_LOG_LEVEL"] ?? "info",
    ...(service === "gateway" ? { GATEWAY_KEYS: keys.gateway, OPERATOR_KEY } : {}),
    ...(service === "sync-engine" ? { SYNC_ENGINE_KEYS: keys.engine, ERP_SYNC_INTERVAL: "0" } : {}),
  };
}

function newKeys(): string {
  return KeyRing.generate().export().reveal();
}
