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

/** What the simulated Odoo's journal tells of the demo's order: the methods that were called, in their order. */
function ordersInOdoo(dir: string): string[] {
  const lines = readFileSync(join(dir, "erp/journal.jsonl"), "utf8").trim().split("\n");
  const entries = lines.flatMap(
    (line) => (JSON.parse(line) as { entries: { model: string; id: number; method: string }[] }).entries,
  );
  return entries.filter(({ model, id }) => model === "purchase.order" && id === 61).map(({ method }) => method);
}

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
  /** The rows of the SQL ERP's journal about one kind of document, as its pages show them. */
  const sqlJournal = async (document: string): Promise<string[]> => {
    const url = /tables of the SQL ERP +(\S+)/.exec(platform.output)?.[1] ?? "";
    const text = await (await fetch(`${url}journal`)).text();
    return text.split("\n").filter((line) => new RegExp(`  ${document} `).test(line));
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

  it("shows one change of the MES in two ERPs, and a change of each ERP", () => {
    const { output } = platform;
    expect(output).toMatch(/13 of 13 entities, \d+ rows read/);
    expect(output).toMatch(/4 of 4 entities, 100 rows read/);
    expect(output).toMatch(/24 suppliers and 30 parts stand in Odoo too/);
    expect(output).toMatch(/8 parts \(PL-…\) with 8 stocks are its own; 8 of these parts went on to Odoo/);
    expect(output).toMatch(/Odoo +has it as id 61: 2 lines, total 248\.54, after/);
    expect(output).toMatch(/SQL ERP +has it as order 4500000001: 2 lines, total 248\.54, after/);
    expect(output).toMatch(/Odoo +shows \d{4}-\d\d-\d\d, "a week later" in id 61, after/);
    expect(output).toMatch(/SQL ERP +shows \d{4}-\d\d-\d\d, "a week later" in order 4500000001, after/);
    expect(output).toMatch(/arrived in Supplier \S+, version 2/);
    expect(output).toMatch(/erp\.Supplier\.updated/);
    expect(output).toMatch(/SQL ERP: vendor 100001 has it, after/);
    expect(output).toMatch(/arrived in InventoryBalance PL-2001\|PLANT-1\|, version 2/);
    expect(output).not.toMatch(/\bat .+:\d+:\d+|Error|rows wait/);
  });

  it("made the order once in each ERP, and changed it once", async () => {
    expect(ordersInOdoo(dir)).toEqual(["create", "write"]);
    const [created, changed] = await sqlJournal("purchase_order");
    expect(created).toMatch(/created +4500000001 .*"lines":2/);
    expect(changed).toMatch(/changed +4500000001 .*"remark":"a week later"/);
    expect(await sqlJournal("purchase_order")).toHaveLength(2);
    expect(await sqlJournal("vendor")).toEqual([expect.stringMatching(/changed +100001 /)]);
    expect(await sqlJournal("item")).toEqual([]);
    const { json } = await ask("/erp/records/PurchaseOrder/PO-MES-0001");
    const { sync } = json as { sync: { integration: string; state: string; externalId: string }[] };
    const outbound = sync
      .filter((one) => "retries" in one)
      .map(({ integration, state, externalId }) => [integration, state, externalId]);
    expect(outbound.sort()).toEqual([
      ["odoo-demo", "SYNCED", "61"],
      ["sql-demo", "SYNCED", "4500000001"],
    ]);
    // a row that is read while its push is under way is listed until it has been read again
    await eventually(async () => expect((await ask("/erp/dead-letters")).json).toMatchObject({ items: [] }));
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
    expect(platform.output).toMatch(/Odoo +has it as id 61, expected \d{4}-/);
    expect(platform.output).toMatch(/SQL ERP +has it as order 4500000001, expected \d{4}-/);
    expect(await sqlJournal("purchase_order")).toHaveLength(2);
    expect(ordersInOdoo(dir)).toEqual(["create", "write"]);
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
