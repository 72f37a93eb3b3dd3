import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@dovetail/testing";

const ROOT = join(__dirname, "../../../..");
const DRIVERS = ["pg", "mysql2", "tedious", "oracledb", "ssh2", "@nats-io/jetstream"];

/** What a process of its own does: it has no other modules than those of the adapters. */
const PROGRAM = `
import { dialectOf, SqlClient } from "@dovetail/adapter-sdk";
import { databaseView } from "${join(ROOT, "libs/adapters/database-view/src")}";
import { fileExchange } from "${join(ROOT, "libs/adapters/file-exchange/src")}";
import { messageQueue } from "${join(ROOT, "libs/adapters/message-queue/src")}";

const loaded = () =>
  ${JSON.stringify(DRIVERS)}.filter((name) =>
    Object.keys(require.cache).some((path) => path.includes("/node_modules/" + name + "/")),
  );
const context = { clock: { now: () => new Date() }, signal: new AbortController().signal, log: console, fileRoots: [] };
const place = { host: "127.0.0.1", port: 1, apiUsername: "u", apiPassword: "p", timeoutSeconds: 1 };

async function main() {
  const said = { adapters: loaded() };
  for (const dialect of ["postgresql", "mysql", "mssql", "oracle"])
    await databaseView.open({ ...context, config: { ...place, dialect, database: "erp", tls: "off", zone: "UTC" } });
  await messageQueue.open({ ...context, config: { ...place, brokerUrl: "nats://127.0.0.1:1" } });
  const sets = [{ entityType: "Part", pattern: "*.csv", key: ["a"] }];
  const file = { transport: "sftp", root: "/", format: "csv", encoding: "utf-8", delimiter: "auto", quoting: "double" };
  const hostKey = "SHA256:" + "A".repeat(43);
  await fileExchange.open({ ...context, config: { ...place, ...file, sets, hostKey, authMethod: "BASIC" } });
  said.opened = loaded();
  for (const dialect of ["mysql", "mssql", "oracle", "postgresql"]) {
    const sql = new SqlClient({ dialect, ...place, database: "erp", user: "u", password: "p", connectMs: 1000 });
    said[dialect] = await sql.query(dialectOf(dialect).versionQuery).then(() => "answered", (error) => error.code);
    said["after " + dialect] = loaded();
  }
  process.stdout.write(JSON.stringify(said));
  process.exit(0);
}
void main();
`;

describe("the drivers of databases, files and queues", () => {
  it("are loaded one by one, by the first statement that needs them", () => {
    const folder = temporaryFolder("drivers");
    const [program, bundle] = [join(folder, "program.ts"), join(folder, "program.cjs")];
    writeFileSync(program, PROGRAM);
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    execFileSync(join(ROOT, "node_modules/.bin/esbuild"), [
      program,
      "--bundle",
      "--platform=node",
      "--packages=external",
      `--tsconfig=${join(ROOT, "tsconfig.base.json")}`,
      `--outfile=${bundle}`,
      "--log-level=error",
    ]);
    const said: unknown = JSON.parse(execFileSync(process.execPath, [bundle], { encoding: "utf8" }));
    expect(said).toEqual({
      adapters: [],
      opened: [],
      mysql: "ERP001",
      "after mysql": ["mysql2"],
      mssql: "ERP001",
      "after mssql": ["mysql2", "tedious"],
      oracle: "ERP001",
      "after oracle": ["mysql2", "tedious", "oracledb"],
      postgresql: "ERP001",
      "after postgresql": ["pg", "mysql2", "tedious", "oracledb"],
    });
  });
});
