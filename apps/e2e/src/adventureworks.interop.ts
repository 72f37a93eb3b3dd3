import { execFileSync } from "node:child_process";
import { chownSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SqlClient } from "@dovetail/adapter-sdk";
import type { DeadLetter, RecordView, Transaction } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { connectAdventureWorks } from "./adventureworks/adventureworks-world";
import { arrives } from "./adventureworks/arrivals";
import { EXPECTED, hasAdventureWorks, NO_ADVENTUREWORKS, wholeData } from "./adventureworks/data";
import { DatabaseSource, type DatabaseConnection } from "./adventureworks/database-source";
import { FileSource, type FileConnection } from "./adventureworks/file-source";
import type { Place } from "./adventureworks/places";
import type { HandedOver } from "./adventureworks/source";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const SCRIPTS = join(__dirname, "../../../tools/interop");
const NAME = "adventureworks";

function script(file: string, command: string): string {
  const args = [join(SCRIPTS, file), command, NAME];
  return execFileSync("bash", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** A real OpenSSH in front of a folder; the account is known by its key. */
async function opensshPlace(): Promise<Place<FileConnection>> {
  const { folder, privateKey, ...told } = JSON.parse(script("openssh.sh", "start")) as {
    folder: string;
    privateKey: string;
    port: number;
    username: string;
    hostKey: string;
  };
  const { uid, gid } = statSync(folder);
  const { port, username, hostKey } = told;
  const login = { username, privateKey: readFileSync(privateKey, "utf8") };
  const connection = {
    transport: "sftp" as const,
    folder,
    host: "127.0.0.1",
    port,
    hostKey,
    root: "/exchange",
    ...login,
  };
  const source = new FileSource(connection);
  for (const name of ["in", "work", "done", "error", "out", "ack"]) chownSync(join(folder, name), uid, gid);
  return { connection, source, stop: async () => void script("openssh.sh", "stop") };
}

/** A real MariaDB, its database empty. */
async function mariadbPlace(): Promise<Place<DatabaseConnection>> {
  const { port, username, password } = new URL(script("mariadb.sh", "start"));
  const access = { dialect: "mysql" as const, host: "127.0.0.1", port: Number(port), user: username, password };
  const admin = new SqlClient({ ...access, database: "information_schema" });
  await admin.execute("drop database if exists erp");
  await admin.execute("create database erp character set utf8mb4 collate utf8mb4_bin");
  await admin.close();
  const connection: DatabaseConnection = { transport: "database", database: "erp", ...access };
  const source = new DatabaseSource(connection);
  return {
    connection,
    source,
    async stop() {
      await source.close();
      script("mariadb.sh", "stop");
    },
  };
}

let world: World;

if (!hasAdventureWorks) it("says what was not tried", () => console.warn(NO_ADVENTUREWORKS));
else
  describe("a manufacturer's purchasing data", () => {
    // Services talk over the wire here, as in production.
    beforeAll(async () => void (world = await World.open()), 60_000);
    afterAll(() => world?.close());
    describe("through a real OpenSSH", () => arrives("openssh", opensshPlace, () => world));
    describe("through a real MariaDB", () => arrives("mariadb", mariadbPlace, () => world));
    describe("and orders of the MES for a real MariaDB", ordersLeave);
  });

function ordersLeave(): void {
  let place: Place<DatabaseConnection>;
  let tenant: TenantWorld;

  beforeAll(async () => {
    place = await mariadbPlace();
    const { Vendor = [], Product = [], ProductVendor = [] } = wholeData();
    await place.source.load({ Vendor, Product, ProductVendor });
    tenant = await world.tenant("orders-mariadb");
    await connectAdventureWorks(tenant.api, "plant", place.source);
    await tenant.sync("plant");
    expect(await tenant.records("Supplier")).toHaveLength(EXPECTED.Supplier);
  }, 60_000);
  afterAll(() => place?.stop());

  const order = (poNumber: string, more: JsonObject = {}): JsonObject => ({
    poNumber,
    supplier: "LITWARE0001",
    status: "APPROVED",
    currency: "USD",
    orderDate: "2026-03-01T00:00:00Z",
    totalAmount: "201.0400",
    lines: [
      { lineNumber: "1", part: "AR-5381", quantity: "4", unit: "EA", unitPrice: "50.2600", lineTotal: "201.0400" },
      { lineNumber: "2", part: "BA-8327", quantity: "5", unit: "EA" },
    ],
    ...more,
  });
  const put = (record: JsonObject) =>
    tenant.api.change("PUT", `/erp/records/PurchaseOrder/${String(record["poNumber"])}`, record);
  const waiting = (key: string): Promise<HandedOver> =>
    eventually(
      async () => {
        const row = (await place.source.waiting()).find(({ head }) => String(head["PurchaseOrderID"]) === key);
        if (row) return row;
        throw new Error(`it does not wait; its push is ${JSON.stringify(await state(key))}`);
      },
      { timeoutMs: 20_000 },
    );
  const state = async (key: string): Promise<Transaction | undefined> =>
    (await tenant.api.get<{ items: Transaction[] }>(`/erp/transactions?direction=outbound&key=${key}`)).items[0];

  it("stand in the interface tables once, and are confirmed when the ERP has taken them", async () => {
    await put(order("900001"));
    const row = await waiting("900001");
    expect(row).toMatchObject({
      op: "create",
      head: { PurchaseOrderID: 900001, VendorID: 1580, TotalDue: "201.0400" },
    });
    expect(
      row.lines.map(({ PurchaseOrderDetailID, OrderQty }) => [String(PurchaseOrderDetailID), String(OrderQty)]),
    ).toEqual([
      ["1", "4"],
      ["2", "5"],
    ]);
    expect(await tenant.settled("900001", "accepted")).toMatchObject({ attempts: 1, problem: null });
    await place.source.answer(row, { confirmed: "900001" });
    expect(await tenant.settled("900001", "confirmed", 60_000)).toMatchObject({ externalId: "900001" });
    const view: RecordView = await tenant.record("PurchaseOrder", "900001");
    const synced = { integration: "plant", direction: "outbound", state: "SYNCED", externalId: "900001" };
    expect(view.sync).toContainEqual(expect.objectContaining(synced));
    expect(await place.source.handedOver()).toHaveLength(1);
  });

  it("that the ERP refuses are listed with its words, and go again once they are corrected", async () => {
    await put(order("900002"));
    const row = await waiting("900002");
    await place.source.answer(row, { rejected: "vendor 1580 is blocked" });
    const rejected = await tenant.settled("900002", "rejected", 60_000);
    expect(rejected.problem).toMatchObject({ detail: expect.stringContaining("vendor 1580 is blocked") });
    const letters = await tenant.api.all<DeadLetter>("/erp/dead-letters");
    expect(letters.map(({ key }) => key)).toEqual(["900002"]);
    await put(order("900002", { supplier: "ADVANCED0001" }));
    const again = await waiting("900002");
    expect(again.reference).not.toBe(row.reference);
    await place.source.answer(again, { confirmed: "900002" });
    await tenant.settled("900002", "confirmed", 60_000);
    const references = (await place.source.handedOver()).map(({ reference }) => reference);
    expect(new Set(references).size).toBe(references.length);
    expect(await state("900002")).toMatchObject({ externalId: "900002" });
  });

  it("that the tables cannot hold are refused whole", async () => {
    const half = { lineNumber: "2", part: "BA-8327", quantity: "0.5", unit: "EA" };
    await put(order("900003", { lines: [{ ...half, lineNumber: "1", quantity: "1" }, half] }));
    const { problem } = await tenant.settled("900003", "rejected");
    expect(problem).toMatchObject({ code: "ERP008", detail: expect.stringMatching(/INTEGER value: '0\.5'/) });
    const rows = await place.source.handedOver();
    expect(rows.filter(({ head }) => String(head["PurchaseOrderID"]) === "900003")).toEqual([]);
  });
}
