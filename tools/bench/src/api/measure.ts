import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyRing } from "@dovetail/crypto";
import { freePort } from "@dovetail/embedded";
import { gatewaySchema } from "@dovetail/gateway";
import { syncEngineSchema } from "@dovetail/sync-engine";
import { benchLine, median } from "../bench-line";
import { startChild, type Child } from "../children";
import { cpuTime, cpuTimeOfFamily } from "../cpu-time";
import { engineEnvironment } from "../engine";
import { ENTITY } from "../neighbours";
import type { Options } from "../options";
import type { Report } from "../report";
import type { Servers } from "../servers";
import { summarise } from "../profile";
import { startService, type ServiceProcess } from "../service-process";
import type { LoadOptions } from "./load-process";

const ROWS = 10_000;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
const SECONDS = 4;
/** A limit that comes nearer to what the client can ask is measured by the client, not by the server. */
const LIMIT_OF_CLIENT = 0.8;

/** What is asked, and the processes that answer. */
interface Target extends Pick<LoadOptions, "port" | "path" | "bearer"> {
  pids: readonly number[];
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Reads of one record by key over 64 connections: in one process, through a broker, and by plain node:http and pg. */
export async function measureApi(servers: Servers, options: Options, report: Report): Promise<void> {
  const running: Stoppable[] = [];
  const child = (role: string): Child => {
    const started = startChild(role);
    running.unshift(started);
    return started;
  };
  try {
    for (const schema of [syncEngineSchema, gatewaySchema]) await servers.migrate(schema);
    const env = await environments(servers);
    const together = child("services");
    await together.call("start", { gateway: env.together, engine: env.engine });
    const tenant = await newTenant(env.together["PORT"] ?? "", env.operatorKey);
    const limit = await startLimit(servers, child, tenant.id);
    const apart: ServiceProcess[] = [];
    for (const name of ["sync-engine", "gateway"] as const) {
      const own = name === "gateway" ? env.apart : env.engine;
      const service = await startService(name, own, () => answers(env.apart["PORT"] ?? "", name));
      apart.push(service);
      running.unshift(service);
    }
    const path = `/api/v1/erp/records/${ENTITY}/`;
    const targets = {
      limit: { ...limit, path: "/records/" },
      read: { port: Number(env.together["PORT"]), path, bearer: tenant.key, pids: [together.pid] },
      hop: { port: Number(env.apart["PORT"]), path, bearer: tenant.key, pids: apart.map(({ pid }) => pid) },
    };
    const bench = new ApiBench(servers, child("load"), targets);
    await bench.byTurns(options, report);
    if (options.profile) await bench.profile(together, report);
  } finally {
    for (const each of running) await each.stop();
  }
}

type Name = "limit" | "read" | "hop";
const NAMES: readonly Name[] = ["limit", "read", "hop"];

class ApiBench {
  private readonly keys = Array.from({ length: ROWS }, (_, i) => `S${String(i + 1).padStart(7, "0")}`);

  constructor(
    private readonly servers: Servers,
    private readonly load: Child,
    private readonly targets: Record<Name, Target>,
  ) {}

  async byTurns({ runs, busy }: Options, report: Report): Promise<void> {
    const rates: Record<Name, number[]> = { limit: [], read: [], hop: [] };
    const cpu: Record<Name, { own: number; database: number }[]> = { limit: [], read: [], hop: [] };
    for (const name of NAMES) await this.ask(name, WARM_UP_SECONDS);
    const client = await this.ask("limit", SECONDS, [""]);
    for (let run = 0; run < runs; run++)
      for (const name of NAMES) {
        const before = this.cpuTimes(name);
        const rate = await this.ask(name, SECONDS);
        rates[name].push(rate);
        const after = this.cpuTimes(name);
        const per = 1000 / (SECONDS * rate);
        cpu[name].push({ own: (after.own - before.own) * per, database: (after.database - before.database) * per });
      }
    const share = median(rates.limit) / client;
    report.note(`the limit reaches ${share.toFixed(2)} of what the client gets of an empty answer`);
    if (share > LIMIT_OF_CLIENT && !busy)
      throw new Error(`more than ${LIMIT_OF_CLIENT}: the client, not the server, is the limit (--busy goes on)`);
    report.line(benchLine("api.read", ROWS, rates.read, rates.limit));
    report.line(benchLine("api.hop", ROWS, rates.hop, rates.limit));
    const shown = NAMES.map((name) => {
      const [own, database] = [cpu[name].map((each) => each.own), cpu[name].map((each) => each.database)];
      return `${name} ${median(own).toFixed(0)} + ${median(database).toFixed(0)}`;
    });
    report.note(`  CPU ms per 1,000 requests, processes + PostgreSQL: ${shown.join(", ")}`);
  }

  /** Where the time of the one process goes. */
  async profile(services: Child, report: Report): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), "dovetail-profile-"));
    try {
      const file = join(dir, "read.cpuprofile");
      await services.call("startProfile");
      await this.ask("read", SECONDS);
      await services.call("stopProfile", { file });
      report.note("\nProfile of gateway and sync-engine in one process under reads:");
      report.note(summarise(file));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }

  private cpuTimes(name: Name): { own: number; database: number } {
    const own = this.targets[name].pids.reduce((sum, pid) => sum + cpuTime(pid), 0);
    return { own, database: cpuTimeOfFamily(this.servers.postgresPid) };
  }

  private async ask(name: Name, seconds: number, keys: readonly string[] = this.keys): Promise<number> {
    const { port, path, bearer } = this.targets[name];
    const input = { port, path, ...(bearer === undefined ? {} : { bearer }), keys, seconds, connections: CONNECTIONS };
    return (await this.load.call<{ perSecond: number }>("run", input)).perSecond;
  }
}

/** Fills the store of the tenant and the limit's table with the same rows. */
async function startLimit(
  servers: Servers,
  child: (role: string) => Child,
  tenantId: string,
): Promise<{ port: number; pids: number[] }> {
  const simulator = child("simulator");
  const erp = await simulator.call<{ url: string; database: string }>("start", { rows: ROWS });
  const source = { erpUrl: erp.url, erpDatabase: erp.database };
  const limit = child("limit");
  await limit.call("open", { databaseUrl: servers.limitUrl, ...source });
  await limit.call("sync");
  const writer = child("writer");
  await writer.call("open", {
    databaseUrl: servers.urlFor("sync_engine", "run"),
    adminUrl: servers.adminUrl,
    rows: ROWS,
    ...source,
  });
  await writer.call("write", { tenantId });
  await servers.admin.query("vacuum analyze sync_engine.records");
  await limit.call("settle");
  for (const each of [simulator, limit, writer]) await each.stop();
  const server = child("limit-server");
  const { port } = await server.call<{ port: number }>("start", { databaseUrl: servers.limitUrl });
  return { port, pids: [server.pid] };
}

async function environments(servers: Servers) {
  const operatorKey = randomBytes(24).toString("hex");
  const gateway = {
    DATABASE_URL: servers.urlFor("gateway", "run"),
    GATEWAY_DISPATCH_URL: servers.urlFor("gateway", "dispatch"),
    NATS_URL: servers.natsUrl,
    GATEWAY_KEYS: KeyRing.generate().export().reveal(),
    OPERATOR_KEY: operatorKey,
    // The bench asks more than any client may.
    RATE_LIMIT_PER_KEY: "0",
    RATE_LIMIT_PER_TENANT: "0",
    ERP_LOG_LEVEL: "error",
  };
  return {
    operatorKey,
    engine: engineEnvironment(servers, KeyRing.generate()),
    together: { ...gateway, PORT: String(await freePort()) } as Record<string, string>,
    apart: { ...gateway, PORT: String(await freePort()) } as Record<string, string>,
  };
}

async function newTenant(port: string, operatorKey: string): Promise<{ id: string; key: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/tenants`, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "bench" }),
  });
  if (answer.status !== 201) throw new Error(`no tenant: ${await answer.text()}`);
  const { id, apiKey } = (await answer.json()) as { id: string; apiKey: { key: string } };
  return { id, key: apiKey.key };
}

/** The gateway says when it can be asked; the sync-engine answers no HTTP that matters here. */
async function answers(port: string, name: string): Promise<void> {
  if (name !== "gateway") return;
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  if (!answer.ok) throw new Error(`not ready: ${answer.status}`);
}
