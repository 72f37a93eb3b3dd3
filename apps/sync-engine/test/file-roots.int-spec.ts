import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileExchange } from "@dovetail/adapter-file-exchange";
import type { JsonObject } from "@dovetail/domain";
import { temporaryFolder } from "@dovetail/testing";
import { World } from "./world";

describe("folders of several tenants below one root", () => {
  let world: World;
  let parent: string;

  beforeAll(async () => {
    world = await World.open({ Supplier: {} }, 0);
    parent = temporaryFolder("file-roots");
    for (const tenant of [world.main.tenant, "other"])
      for (const name of ["in", "work", "done", "error", "out", "ack"])
        mkdirSync(join(parent, tenant, name), { recursive: true });
    world.main.setMapping("Supplier", 1, fileExchange.mappings.Supplier as unknown as JsonObject);
    await world.startEngine({ ERP_FILE_ROOTS: join(parent, "{tenant}") });
  });
  afterAll(() => world?.close());

  async function syncBelow(root: string) {
    const sets = [{ entityType: "Supplier", pattern: "suppliers*.csv", key: ["id"] }];
    world.main.change({
      connectionMethod: "FILE",
      authMethod: "NONE",
      settings: { transport: "folder", root, format: "csv", stableMs: 0, sets } as JsonObject,
      adapter: { system: "FILE", version: 1 },
    });
    return (await world.sync(["Supplier"]))[0];
  }

  it("a tenant's own is open to it", async () => {
    expect(await syncBelow(join(parent, world.main.tenant))).toMatchObject({ status: "completed" });
  });

  it.each(["other", `{tenant}`, ""])("another tenant's is not (%p)", async (name) => {
    const job = await syncBelow(join(parent, name));
    expect(job).toMatchObject({ status: "failed", problem: { code: "ERP008" } });
    expect(job?.problem?.detail).toMatch(/lies in no folder that the operator has opened/);
  });
});
