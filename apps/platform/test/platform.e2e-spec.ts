import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { eventually, freePort, temporaryFolder } from "@dovetail/testing";
import { build, isAlive, PlatformChild, runToEnd, serverPids } from "./platform-child";

interface Demo {
  gatewayUrl: string;
  apiKey: string;
  operatorKey: string;
  tenant: string;
  natsUrl: string;
  natsUser: string;
  natsPassword: string;
  natsInboxPrefix: string;
  databaseUrl: string;
}

const READY = "Where to look";

describe("npm start", () => {
  let dir: string;
  let port: string;
  let platform: PlatformChild;

  const demo = (): Demo => JSON.parse(readFileSync(join(dir, "demo.json"), "utf8")) as Demo;
  const ask = async (path: string): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(`${demo().gatewayUrl}/api/v1${path}`, {
      headers: { authorization: `Bearer ${demo().apiKey}` },
    });
    return { status: response.status, json: await response.json() };
  };
  const start = (...more: string[]) => new PlatformChild(["--dir", dir, "--port", port, ...more]);

  beforeAll(async () => {
    build();
    dir = temporaryFolder("platform");
    port = String(await freePort());
    platform = start();
    await platform.says(READY);
  }, 180_000);

  afterAll(async () => {
    await platform.stop();
  });

  it("shows the main job both ways", () => {
    expect(platform.output).toMatch(/13 of 13 entities, \d+ rows read/);
    expect(platform.output).toMatch(/stands in Odoo as PO-MES-0001 with 2 lines, total 248.54/);
    expect(platform.output).toMatch(/arrived in supplier \S+, version 2/);
    expect(platform.output).toMatch(/erp\.Supplier\.updated/);
    expect(platform.output).not.toMatch(/\bat .+:\d+:\d+|Error/);
  });

  it("writes how to reach it, for its owner alone", async () => {
    for (const file of ["demo.json", "secrets.json"]) expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
    expect(demo()).toMatchObject({ gatewayUrl: `http://127.0.0.1:${port}`, tenant: "demo" });
    expect(new URL(demo().natsUrl).username).toBe("");
    const { status, json } = await ask("/erp/records/PurchaseOrder/PO-MES-0001");
    expect([status, json]).toMatchObject([200, { record: { notes: expect.any(String) as string } }]);
  });

  it("gives the tenant a user on the bus that can do nothing else", async () => {
    const { natsUrl, natsUser, natsPassword, natsInboxPrefix } = demo();
    const bus = await connect({ servers: natsUrl, user: natsUser, pass: natsPassword, inboxPrefix: natsInboxPrefix });
    const refused: string[] = [];
    void (async () => {
      for await (const status of bus.status()) if (status.type === "error") refused.push(String(status.error));
    })();
    const answer = await bus.request("mes.demo.Part.updated", "{", { timeout: 5000 });
    expect(answer.json()).toMatchObject({ code: "ERP008" });
    bus.publish("mes.other.Part.updated", "{}");
    bus.publish("dovetail.gateway.tenants.list", "{}");
    bus.subscribe("erp.other.>", { callback: () => undefined });
    await bus.flush();
    await eventually(() => expect(refused.length).toBeGreaterThanOrEqual(3));
    await bus.close();
  });

  it("tells a second start who holds the folder", async () => {
    const { code, output } = await runToEnd(["--dir", dir, "--port", String(await freePort())]);
    expect(code).toBe(1);
    expect(output).toContain(`in use by process ${platform.pid}`);
    expect(output.trim().split("\n")).toHaveLength(1);
  });

  it("ends with its servers when it is killed, and goes on where it was", async () => {
    const pids = serverPids(dir);
    expect(pids.map(isAlive)).toEqual([true, true]);
    const before = demo();
    await platform.stop("SIGKILL");
    platform = start();
    await platform.says(READY);
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(platform.output).toContain("as it was left");
    expect(platform.output).toMatch(/PurchaseOrder\s+61/);
    expect(platform.output).toMatch(/schemas\s+up to date/);
    expect(demo()).toEqual(before);
  });

  it("stops in order on Ctrl-C, also when it comes twice at once", async () => {
    const pids = serverPids(dir);
    process.kill(platform.pid, "SIGINT");
    expect(await platform.stop("SIGINT")).toBe(0);
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(existsSync(join(dir, "lock.json"))).toBe(false);
  });

  it("begins anew with --fresh", async () => {
    const { apiKey } = demo();
    platform = start("--fresh");
    await platform.says(READY);
    expect(platform.output).toContain("First synchronisation");
    expect(demo().apiKey).not.toBe(apiKey);
    expect(existsSync(join(dir, "lock.json"))).toBe(true);
  });
});

describe("a start that cannot be", () => {
  beforeAll(build, 60_000);

  it("names the port that is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const taken = String((server.address() as { port: number }).port);
    const { code, output } = await runToEnd(["--dir", temporaryFolder("taken"), "--port", taken]);
    expect([code, output]).toEqual([1, expect.stringContaining(`Port ${taken} is in use by another program.`)]);
    server.close();
  });

  it("names a folder that is none", async () => {
    const file = join(temporaryFolder("file"), "x");
    writeFileSync(file, "");
    const { code, output } = await runToEnd(["--dir", join(file, "data"), "--port", "0"]);
    expect([code, output]).toEqual([1, expect.stringContaining("is not a folder")]);
  });

  it("names a database that cannot be reached, without its password", async () => {
    const env = { DATABASE_URL: `postgres://me:top-secret@127.0.0.1:${await freePort()}/db` };
    const { code, output } = await runToEnd(["--dir", temporaryFolder("db"), "--port", "0"], env);
    expect(code).toBe(1);
    expect(output).toMatch(/PostgreSQL of DATABASE_URL \(127\.0\.0\.1:\d+\/db\) cannot be used/);
    expect(output).not.toContain("top-secret");
  });

  it("lists every wrong variable, unknown options and damaged secrets", async () => {
    const wrong = await runToEnd([], { PORT: "many", ERP_LOG_LEVEL: "loud", DOVETAIL_DIR: temporaryFolder("wrong") });
    expect([wrong.code, wrong.output]).toEqual([78, expect.stringMatching(/2 faults:\n.*PORT.*\n.*ERP_LOG_LEVEL/)]);
    expect(await runToEnd(["--colour"])).toMatchObject({
      code: 2,
      output: expect.stringContaining("--port N") as string,
    });
    const dir = temporaryFolder("damaged");
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "secrets.json"), "{");
    const damaged = await runToEnd(["--dir", dir, "--port", "0"]);
    expect([damaged.code, damaged.output]).toEqual([1, expect.stringContaining("secrets.json is damaged")]);
  });
});

describe("without the demo", () => {
  beforeAll(build, 60_000);

  it("migrates by itself, and serves the API while integration is switched off", async () => {
    const dir = temporaryFolder("plain");
    const migrated = await runToEnd([], { DOVETAIL_DIR: dir }, "migrate");
    expect([migrated.code, migrated.output]).toEqual([0, expect.stringMatching(/sync_engine: \d+ migrations applied/)]);
    const platform = new PlatformChild(["--dir", dir, "--port", "0"], { ERP_INTEGRATION_ENABLED: "false" });
    await platform.says(READY);
    expect(platform.output).toMatch(/schemas\s+up to date/);
    expect(platform.output).toContain("no synchronisation runs");
    expect(platform.output).not.toContain("First synchronisation");
    const url = /API\s+(http:\S+)/.exec(platform.output)?.[1] ?? "";
    expect((await fetch(`${url}/api/v1/erp/health`)).status).toBe(200);
    expect(await platform.stop()).toBe(0);
  });
});
