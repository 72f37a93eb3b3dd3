import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { eventually, freePort, temporaryFolder, testDatabase } from "@dovetail/testing";
import { SqlClient } from "@dovetail/adapter-sdk";
import type { Place } from "./database-harness";

/** An empty database of the run's PostgreSQL. */
export async function postgresPlace(): Promise<{ place: Place; stop(): Promise<void> }> {
  const database = await testDatabase([]);
  const url = new URL(database.adminUrl);
  // A name of its own: the run's password is a word that stands in paths as well.
  const user = `erp_${url.pathname.slice(-16)}`;
  const password = "erp-password";
  const admin = new SqlClient({
    dialect: "postgresql",
    host: "127.0.0.1",
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  });
  await admin.execute(`create role ${user} login password '${password}'`);
  await admin.execute(`grant all on schema public to ${user}`);
  const place: Place = {
    dialect: "postgresql",
    port: Number(url.port),
    database: url.pathname.slice(1),
    user,
    password,
  };
  return {
    place,
    async stop() {
      await admin.execute(`drop owned by ${user}`);
      await admin.execute(`drop role ${user}`);
      await admin.close();
      await database.drop();
    },
  };
}

const SERVER = ["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd"].find(existsSync);

/** Why there is no MariaDB here; undefined when it can be started. */
export const noMariadb: string | undefined = SERVER
  ? undefined
  : "mariadbd is not installed (tools/interop/mariadb.sh)";

/** A MariaDB of its own: a new data folder, a free port, no system service. Ends with the run at the latest. */
export async function mariadbPlace(): Promise<{ place: Place; stop(): Promise<void> }> {
  const data = join(temporaryFolder("mariadb"), "data");
  mkdirSync(data);
  // As root it needs an account to run as.
  const user = process.getuid?.() === 0 ? ["--user=nobody"] : [];
  if (user.length > 0) chownSync(data, 65534, 65534);
  const own = ["--no-defaults", `--datadir=${data}`, ...user];
  execFileSync("mariadb-install-db", [...own, "--auth-root-authentication-method=normal", "--skip-test-db"], {
    stdio: "ignore",
  });
  const port = await freePort();
  const network = ["--bind-address=127.0.0.1", `--port=${port}`, `--socket=${data}/socket`, "--skip-name-resolve"];
  const child = spawn(
    "/bin/sh",
    // The pipe on descriptor 3 closes with the run: the server does not outlive it.
    [
      "-c",
      '"$@" 3<&- & p=$!; (read _ <&3; kill $p 2>/dev/null) & wait $p',
      "sh",
      SERVER ?? "mariadbd",
      ...own,
      ...network,
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const root = { dialect: "mysql" as const, host: "127.0.0.1", port, user: "root", password: "" };
  await eventually(
    async () => {
      const sql = new SqlClient({ ...root, database: "mysql" });
      try {
        await sql.query("create database erp character set utf8mb4 collate utf8mb4_bin");
        await sql.query("create user erp identified by 'erp-password'");
        await sql.query("grant all on erp.* to erp");
      } finally {
        await sql.close();
      }
    },
    { timeoutMs: 30_000 },
  );
  const place: Place = { dialect: "mysql", port, database: "erp", user: "erp", password: "erp-password" };
  return {
    place,
    async stop() {
      (child.stdio[3] as unknown as { end(): void }).end();
      await ended;
    },
  };
}
