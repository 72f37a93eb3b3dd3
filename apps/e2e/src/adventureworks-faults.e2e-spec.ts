import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DeadLetter, Job } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { FaultProxy } from "@dovetail/testing";
import { connectAdventureWorks, summaryOf } from "./adventureworks/adventureworks-world";
import {
  csvOf,
  EXPECTED,
  hasAdventureWorks,
  NO_ADVENTUREWORKS,
  wholeData,
  type ErpTables,
} from "./adventureworks/data";
import { DatabaseSource } from "./adventureworks/database-source";
import { FileSource } from "./adventureworks/file-source";
import { fileRoot, postgresPlace, sftpPlace } from "./adventureworks/places";
import type { ErpSource } from "./adventureworks/source";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const ERP = "plant";
const NOTHING = { created: 0, updated: 0, rejected: 0, parked: 0, deleted: 0 };
const root = fileRoot();
const data = wholeData();
const stops: (() => Promise<void>)[] = [];
let world: World;

/** Files behind an SFTP server, a proxy that breaks before it. */
async function sftp(): Promise<{ source: FileSource; proxy: FaultProxy }> {
  const folder = join(root, `sftp-${stops.length}`);
  mkdirSync(folder);
  const { connection, stop } = await sftpPlace(folder);
  if (connection.transport !== "sftp") throw new Error("another transport");
  const proxy = await FaultProxy.start({ port: connection.port });
  stops.push(stop, () => proxy.stop());
  return { source: new FileSource({ ...connection, port: proxy.port }), proxy };
}

/** Views of a database, a proxy that breaks before it for the product alone. */
async function postgresql(): Promise<{ source: DatabaseSource; proxy: FaultProxy }> {
  const { connection, stop } = await postgresPlace();
  const proxy = await FaultProxy.start({ port: connection.port });
  const source = new DatabaseSource({ ...connection, productPort: proxy.port });
  stops.push(
    stop,
    () => source.close(),
    () => proxy.stop(),
  );
  return { source, proxy };
}

async function tenantWith(name: string, source: ErpSource, tables: ErpTables): Promise<TenantWorld> {
  await source.load(tables);
  const tenant = await world.tenant(name);
  await connectAdventureWorks(tenant.api, ERP, source, { pageSizes: { PurchaseOrder: 250 } });
  return tenant;
}

/** Only what vendors need. */
const vendorsAlone: ErpTables = { Vendor: data.Vendor ?? [] };

async function testOf(tenant: TenantWorld): Promise<JsonObject> {
  return tenant.api.change("POST", `/erp/integrations/${ERP}/test`);
}

async function suppliers(tenant: TenantWorld, mode = "incremental"): Promise<Job> {
  const [job] = await tenant.execute(ERP, { entityTypes: ["Supplier"], mode });
  return tenant.ended(job?.id ?? "");
}

if (!hasAdventureWorks) it("is skipped", () => console.warn(NO_ADVENTUREWORKS));

(hasAdventureWorks ? describe : describe.skip)("purchasing data on a bad day", () => {
  beforeAll(async () => {
    world = await World.open({ local: true, env: { ERP_FILE_ROOTS: root } });
  }, 60_000);
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    await world?.close();
  });

  // A delivery is checked, then its lines are read, then its heads: this is in the middle of the heads, before a page is
  // stored. Of views some pages are stored by then.
  it.each([
    ["sftp", sftp, 2_500_000, 0],
    ["postgresql", postgresql, 900_000, 250],
  ])("arrives whole when the connection drops in mid-page: %s", async (name, start, bytes, stored) => {
    const { source, proxy } = await start();
    const tenant = await tenantWith(`drops-${name}`, source, data);
    await tenant.sync(ERP, { entityTypes: ["Supplier", "Part"] });
    const broken = proxy.breakAfter(bytes);
    const [job] = await tenant.execute(ERP, { entityTypes: ["PurchaseOrder"] });
    await broken;
    const before = await tenant.api.get<Job>(`/erp/sync-jobs/${job?.id}`);
    expect([before.status, before.counts.read < EXPECTED.PurchaseOrder]).toEqual(["running", true]);
    expect(before.counts.read).toBeGreaterThanOrEqual(stored);
    const ended = await tenant.ended(job?.id ?? "");
    const counts = { ...NOTHING, read: EXPECTED.PurchaseOrder, created: EXPECTED.PurchaseOrder, unchanged: 0 };
    expect(ended).toMatchObject({ status: "completed", counts });
    const { lines, totalDue } = EXPECTED;
    expect(await summaryOf(tenant)).toMatchObject({ lines, totalDue, unequal: [], dangling: 0 });
  });

  it("is refused from a view without key, and lists the rows of a key that stands twice", async () => {
    const { source } = await postgresql();
    const tenant = await tenantWith("no-key", source, vendorsAlone);
    expect((await suppliers(tenant)).counts.created).toBe(EXPECTED.Supplier);
    const settings = source.integration["settings"] as JsonObject;
    const views = [{ entityType: "Supplier", view: "v_Vendor" }];
    await tenant.api.change("PATCH", `/erp/integrations/${ERP}`, { settings: { ...settings, views } });
    expect(await testOf(tenant)).toMatchObject({
      success: false,
      code: "ERP008",
      message: expect.stringContaining("has no key"),
    });
    expect(await suppliers(tenant)).toMatchObject({
      status: "failed",
      problem: { code: "ERP008", detail: expect.stringContaining("has no key") },
    });
    await tenant.api.change("PATCH", `/erp/integrations/${ERP}`, { settings });
    await source.sql.execute(
      `insert into "Vendor" ("BusinessEntityID", "AccountNumber", "Name") select "BusinessEntityID", "AccountNumber", 'Another' from "Vendor" where "BusinessEntityID" = 1492`,
    );
    await source.sql.execute(`insert into "Vendor" ("AccountNumber") values ('WITHOUTKEY0001')`);
    const job = await suppliers(tenant, "full");
    expect(job).toMatchObject({
      status: "completed",
      counts: { read: EXPECTED.Supplier + 2, rejected: 2, created: 0 },
    });
    const letters = await tenant.api.all<DeadLetter>("/erp/dead-letters");
    expect(letters.map(({ problem }) => problem?.detail).sort()).toEqual([
      "key: duplicateKey",
      "the key (BusinessEntityID) of this row is empty",
    ]);
  });

  it("is not read from a server with another host key", async () => {
    const { source } = await sftp();
    const tenant = await tenantWith("host-key", source, vendorsAlone);
    const hostKey = `SHA256:${"A".repeat(43)}`;
    await tenant.api.change("PATCH", `/erp/integrations/${ERP}`, {
      apiUsername: "dovetail",
      apiPassword: "password-of-the-exchange",
      hostKey,
    });
    expect(await testOf(tenant)).toMatchObject({
      success: false,
      code: "ERP002",
      message: expect.stringContaining("host key of 127.0.0.1 has changed"),
    });
    expect(await suppliers(tenant)).toMatchObject({ status: "failed", problem: { code: "ERP002" } });
    expect(source.files("in")).toHaveLength(1);
    expect(await tenant.records("Supplier")).toEqual([]);
  });

  it("lists a broken row of a file, and a file that was cut off as a whole", async () => {
    const { source } = await sftp();
    const tenant = await tenantWith("broken", source, vendorsAlone);
    await suppliers(tenant);
    const renamed = (data.Vendor ?? []).slice(0, 6).map((row) => ({ ...row, Name: "Renamed" }));
    const lines = csvOf("Vendor", renamed).split("\r\n");
    const half = lines[3]?.split(",").slice(0, 3).join(",");
    source.deliver("Vendor-0002.csv", lines.map((line, index) => (index === 3 ? half : line)).join("\r\n"));
    source.deliver("Vendor-0003.csv", `${lines.slice(0, 4).join("\r\n")}\r\n1500,"MORGANB`);
    const job = await suppliers(tenant);
    expect(job).toMatchObject({ status: "completed", counts: { read: 7, updated: 5, rejected: 2, created: 0 } });
    const letters = await tenant.api.all<DeadLetter>("/erp/dead-letters");
    expect(letters.map(({ problem }) => problem?.detail).sort()).toEqual([
      "Vendor-0002.csv: the row has 3 columns, the header has 8",
      expect.stringMatching(/^Vendor-0003\.csv was set aside whole: .* truncated/),
    ]);
    expect(source.files("error")).toEqual([
      expect.stringMatching(/\.Vendor-0003\.csv\.reason\.json$/),
      expect.stringMatching(/~Vendor-0003\.csv$/),
    ]);
    expect(await tenant.records("Supplier")).toHaveLength(EXPECTED.Supplier);
  });
});
