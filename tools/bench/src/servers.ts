import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateService, roleName, type ServiceRole, type ServiceSchema } from "@dovetail/database";
import { startNats, startPostgres } from "@dovetail/embedded";
import { Client } from "pg";

const PASSWORD = "bench";

/** A real PostgreSQL (fsync and synchronous_commit on, everything else as the platform starts it) and a real NATS. */
export interface Servers {
  natsUrl: string;
  postgresPid: number;
  /** The superuser on the product's database. */
  admin: Client;
  urlFor(schema: string, role: ServiceRole): string;
  /** The superuser's URL on the limit's own database. */
  limitUrl: string;
  /** The superuser's URL on the product's database. */
  adminUrl: string;
  migrate(schema: ServiceSchema): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both in a folder of their own that is removed at the end. */
export async function startServers(): Promise<Servers> {
  const dir = mkdtempSync(join(tmpdir(), "dovetail-bench-"));
  // PostgreSQL runs under another account when this one is root.
  chmodSync(dir, 0o755);
  const postgres = await startPostgres({ dir: join(dir, "postgres"), password: PASSWORD });
  const nats = await startNats({ dir: join(dir, "nats") });
  const urlOf = (database: string, user?: string): string => {
    const url = new URL(postgres.url);
    url.pathname = `/${database}`;
    if (user !== undefined) url.username = user;
    url.password = PASSWORD;
    return url.href;
  };
  const root = new Client(postgres.url);
  await root.connect();
  await root.query("create database product");
  await root.query("create database bare");
  await root.end();
  const admin = new Client(urlOf("product"));
  await admin.connect();
  return {
    natsUrl: nats.url,
    postgresPid: postgres.pid,
    admin,
    urlFor: (schema, role) => urlOf("product", roleName(schema, role)),
    limitUrl: urlOf("bare"),
    adminUrl: urlOf("product"),
    migrate: async (schema) => {
      await migrateService(urlOf("product"), schema, { owner: PASSWORD, run: PASSWORD, dispatch: PASSWORD });
    },
    stop: async () => {
      await admin.end().catch(() => undefined);
      await nats.stop();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
