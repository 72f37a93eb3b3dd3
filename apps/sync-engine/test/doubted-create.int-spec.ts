import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("a document whose create is in doubt", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: {} });
    await world.sync(["Part"]);
  });
  afterAll(() => world?.close());

  it("SYN-8: read meanwhile, it does not take back what was edited since it was sent", async () => {
    const push = { calls: ["push"] } as const;
    world.erp.faults.next({ kind: "timeoutAfter" }, push);
    world.erp.faults.next({ kind: "status", status: 429, retryAfterSeconds: 3 }, push);
    const body: JsonObject = { ...world.erp.newBody("Part"), partNumber: "DOUBT", description: "one" };
    await world.main.write({ entityType: "Part", key: "DOUBT", body });
    await eventually(() => expect(world.main.documents("Part", "DOUBT")).toHaveLength(1));
    const patch = { description: "two" };
    const edit = await world.main.write({ entityType: "Part", key: "DOUBT", op: "patch", body: patch });
    const [job] = await world.sync(["Part"], "full");
    expect(job?.counts).toMatchObject({ read: 1, parked: 1 });
    expect(await world.record("Part", "DOUBT")).toMatchObject(patch);
    await world.main.settled(edit.transactions[0]?.id, "confirmed");
    expect(world.main.documents("Part", "DOUBT")).toMatchObject([patch]);
    expect(await world.record("Part", "DOUBT")).toMatchObject(patch);
    await eventually(async () => expect(await world.main.letters()).toEqual([]), { timeoutMs: 60_000 });
  });
});
