import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileExchange } from "@dovetail/adapter-file-exchange";
import { memory } from "@dovetail/adapter-memory";
import { sync } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually, temporaryFolder } from "@dovetail/testing";
import { World } from "./world";

describe("documents that the ERP has shown through another connection, and not yet through this one", () => {
  let world: World;
  let root: string;

  beforeAll(async () => {
    world = await World.open({ Supplier: {} }, 0);
    root = temporaryFolder("lost-links");
    for (const name of ["in", "work", "done", "error", "out", "ack"]) mkdirSync(join(root, name));
    await world.startEngine({ ERP_FILE_ROOTS: root });
    for (const number of ["S-1", "S-2"])
      world.erp.insert("Supplier", { ...world.erp.newBody("Supplier"), supplierNumber: number, name: "Old" });
    expect((await world.sync(["Supplier"]))[0]?.counts).toMatchObject({ created: 2 });
    const sets = [{ entityType: "Supplier", pattern: "suppliers*.csv", key: ["id"] }];
    world.main.change({
      connectionMethod: "FILE",
      authMethod: "NONE",
      settings: { transport: "folder", root, format: "csv", stableMs: 0, sets } as JsonObject,
      adapter: { system: "FILE", version: 1 },
    });
    world.main.setMapping("Supplier", 2, fileExchange.mappings.Supplier as unknown as JsonObject);
    // nothing was delivered: a first load that shows nothing
    expect((await world.sync(["Supplier"]))[0]).toMatchObject({ status: "completed", counts: { read: 0 } });
  });
  afterAll(() => world?.close());

  const sent = () =>
    readdirSync(join(root, "out"))
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(join(root, "out", name), "utf8")) as JsonObject);
  const letterOf = async (key: string) => (await world.main.letters()).find((letter) => letter.key === key);
  const retry = async (key: string) => {
    const letter = await letterOf(key);
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter?.id ?? "" });
  };
  const rename = async (key: string, name: string) => {
    const { transactions } = await world.main.write({ entityType: "Supplier", key, op: "patch", body: { name } });
    return transactions[0]?.id;
  };

  it("are not made again: a person is asked", async () => {
    const pushes = [await rename("S-1", "New"), await rename("S-2", "New")];
    for (const id of pushes) await world.main.settled(id, "parked");
    await eventually(async () => {
      const reasons = (await world.main.letters()).map(({ key, reason }) => `${key} ${reason}`);
      expect(reasons.sort()).toEqual(["S-1 NOT_LINKED", "S-2 NOT_LINKED"]);
    });
    expect(sent()).toEqual([]);
  });

  it("go out as the change that they are, once the ERP has shown them", async () => {
    writeFileSync(join(root, "one.part"), "id,supplierNumber,name\nF1,S-1,Old\n");
    renameSync(join(root, "one.part"), join(root, "in", "suppliers-1.csv"));
    await world.sync(["Supplier"]);
    await world.sql("update sync_engine.work set due_at = now() where kind = 'push' and id like '%S-1'");
    await eventually(() => expect(sent()).toMatchObject([{ op: "update", externalId: "F1" }]));
  });

  it("are made when a person has not found them", async () => {
    await retry("S-2");
    await eventually(() =>
      expect(
        sent()
          .map(({ op }) => op)
          .sort(),
      ).toEqual(["create", "update"]),
    );
  });

  it("are looked up by their key where the ERP can be asked", async () => {
    const settings = { instance: world.main.instance };
    world.main.change({
      connectionMethod: "API",
      authMethod: "BASIC",
      settings,
      adapter: { system: "MEMORY", version: 1 },
    });
    world.main.setMapping("Supplier", 3, memory.mappings.Supplier as unknown as JsonObject);
    world.erp.insert("Supplier", { ...world.erp.newBody("Supplier"), supplierNumber: "S-3", name: "Old" });
    await world.sync(["Supplier"]);
    const lose = () =>
      world.sql("update sync_engine.records set external_id = null, erp_version = null where key = 'S-3'");
    await lose();
    await world.main.settled(await rename("S-3", "Asked"), "confirmed");
    expect(world.main.documents("Supplier", "S-3")).toMatchObject([{ name: "Asked" }]);

    await lose();
    const { transactions } = await world.main.write({ entityType: "Supplier", key: "S-3", op: "delete" });
    await world.main.settled(transactions[0]?.id, "confirmed");
    expect(world.main.documents("Supplier", "S-3")).toEqual([]);
  });

  it("are not given up by a deletion that nobody can send", async () => {
    const { externalId } = world.erp.insert("Supplier", {
      ...world.erp.newBody("Supplier"),
      supplierNumber: "S-4",
      name: "Old",
    });
    await world.sync(["Supplier"], "full");
    await world.sql("update sync_engine.records set external_id = null, erp_version = null where key = 'S-4'");
    world.erp.remove("Supplier", externalId);
    const { transactions } = await world.main.write({ entityType: "Supplier", key: "S-4", op: "delete" });
    await world.main.settled(transactions[0]?.id, "parked");
    expect(await letterOf("S-4")).toMatchObject({ reason: "NOT_LINKED" });
    await retry("S-4");
    await world.main.settled(transactions[0]?.id, "confirmed");
    expect(await letterOf("S-4")).toBeUndefined();
  });
});
