import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileExchange } from "@dovetail/adapter-file-exchange";
import type { JsonObject } from "@dovetail/domain";
import { eventually, temporaryFolder } from "@dovetail/testing";
import { World } from "./world";

describe("an answer that does not say whether it is done", () => {
  let world: World;
  let root: string;

  beforeAll(async () => {
    world = await World.open({ Supplier: {} }, 0);
    root = temporaryFolder("unclear-answer");
    for (const name of ["in", "work", "done", "error", "out", "ack"]) mkdirSync(join(root, name));
    const sets = [{ entityType: "Supplier", pattern: "suppliers*.csv", key: ["id"] }];
    world.main.change({
      connectionMethod: "FILE",
      authMethod: "NONE",
      settings: { transport: "folder", root, format: "csv", stableMs: 0, sets } as JsonObject,
      adapter: { system: "FILE", version: 1 },
    });
    world.main.setMapping("Supplier", 1, fileExchange.mappings.Supplier as unknown as JsonObject);
    await world.startEngine({ ERP_FILE_ROOTS: root });
    await world.sync(["Supplier"]);
  });
  afterAll(() => world?.close());

  const sent = () =>
    readdirSync(join(root, "out"))
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(join(root, "out", name), "utf8")) as JsonObject);

  function answer(reference: unknown, body: JsonObject): void {
    writeFileSync(join(root, "ack", `Supplier-${String(reference)}.ack.json`), JSON.stringify(body));
  }

  it("is a person's: nothing is made a second time, and the right answer still counts", async () => {
    const body = { supplierNumber: "S-1", name: "Fjord" };
    const { transactions } = await world.main.write({ entityType: "Supplier", key: "S-1", body });
    await world.main.settled(transactions[0]?.id, "accepted");
    const reference = sent()[0]?.["reference"];
    answer(reference, { status: "confirmed" });
    await world.main.settled(transactions[0]?.id, "unknown");
    const listed = async () => (await world.main.letters()).map(({ key, reason }) => ({ key, reason }));
    expect(await listed()).toEqual([{ key: "S-1", reason: "UNKNOWN" }]);

    answer(reference, { status: "confirmed", externalId: "9" });
    await world.main.write({ entityType: "Supplier", key: "S-1", op: "patch", body: { name: "Fjord AS" } });
    await world.main.settled(transactions[0]?.id, "confirmed");
    await eventually(() =>
      expect(
        sent()
          .map(({ op }) => op)
          .sort(),
      ).toEqual(["create", "update"]),
    );
    await eventually(async () => expect(await listed()).toEqual([]));
  });
});
