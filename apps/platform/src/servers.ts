import { join } from "node:path";
import { freePort, isFreePort, startNats, startPostgres, type NatsUser, type RunningNats } from "@dovetail/embedded";
import { Client } from "pg";
import type { Cleanup } from "./cleanup";
import { BUS_USERS, type KeptState } from "./kept-state";
import type { Options } from "./options";
import { portTaken, StartError } from "./start-error";

const DATABASE = "dovetail";
const OLDEST_POSTGRES = 14;

/** The database and the bus, ours or given. */
export interface Servers {
  /** URL of a role that may create roles and schemas, on the database to use. */
  adminUrl: string;
  natsUrl: string;
  /** Absent when the bus is not ours: its users are somebody else's. */
  nats?: RunningNats;
}

/** The users that services have on an embedded bus. */
export function serviceUsers(state: KeptState): NatsUser[] {
  return BUS_USERS.map((user) => ({ user, password: state.kept.bus[user] }));
}

/** Starts what is not given. Throws StartError when a given server cannot be used. */
export async function startServers(options: Options, state: KeptState, cleanup: Cleanup): Promise<Servers> {
  const [adminUrl, nats] = await Promise.all([
    options.DATABASE_URL === undefined ? ownPostgres(options, state, cleanup) : givenPostgres(options.DATABASE_URL),
    options.NATS_URL === undefined ? ownNats(options, state, cleanup) : undefined,
  ]);
  return { adminUrl, natsUrl: nats?.url ?? options.NATS_URL ?? "", ...(nats ? { nats } : {}) };
}

/** Throws StartError when another program listens there. */
export async function requireFreePort(port: number, host: string): Promise<void> {
  if (port !== 0 && !(await isFreePort(port, host))) throw new StartError(portTaken(port));
}

/** The port of last time where it is free: clients may remember it. */
export async function rememberedPort(port: number | undefined): Promise<number> {
  return port !== undefined && (await isFreePort(port)) ? port : freePort();
}

async function ownPostgres(options: Options, state: KeptState, cleanup: Cleanup): Promise<string> {
  const postgres = await startPostgres({
    dir: join(options.dir, "postgres"),
    password: state.kept.postgresPassword,
    port: await rememberedPort(state.kept.ports.postgres),
  });
  cleanup.add(() => postgres.stop());
  state.change({ ports: { ...state.kept.ports, postgres: postgres.port } });
  const client = new Client(postgres.url);
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (!rowCount) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgres.url);
  url.pathname = `/${DATABASE}`;
  return url.href;
}

async function givenPostgres(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  const place = `${new URL(url).host}${new URL(url).pathname}`;
  try {
    await client.connect();
    const { rows } = await client.query<{ number: string; version: string }>(
      "select current_setting('server_version_num') as number, current_setting('server_version') as version",
    );
    if (Math.floor(Number(rows[0]?.number) / 10_000) < OLDEST_POSTGRES)
      throw new StartError(`${place} is PostgreSQL ${rows[0]?.version}; ${OLDEST_POSTGRES} or later is needed.`);
    return url;
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    const why =
      cause instanceof Error && cause.message !== "" ? cause.message : String((cause as { code?: string }).code);
    throw new StartError(`The PostgreSQL of DATABASE_URL (${place}) cannot be used: ${why}`, 1, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ownNats(options: Options, state: KeptState, cleanup: Cleanup): Promise<RunningNats> {
  const nats = await startNats({
    dir: join(options.dir, "nats"),
    port: await rememberedPort(state.kept.ports.nats),
    users: serviceUsers(state),
    ...(options.NATS_SERVER_BIN === undefined ? {} : { binary: options.NATS_SERVER_BIN }),
  });
  cleanup.add(() => nats.stop());
  state.change({ ports: { ...state.kept.ports, nats: nats.port } });
  return nats;
}
