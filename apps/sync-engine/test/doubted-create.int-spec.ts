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

  it("SYN-8: listed as another's double before its id is known, it is read again, and the other is the claimant", async () => {
    const rival = world.erp.insert("Part", { ...world.erp.newBody("Part"), partNumber: "BOTH" });
    const push = { calls: ["push"] } as const;
    world.erp.faults.next({ kind: "timeoutAfter" }, push);
    world.erp.faults.next({ kind: "status", status: 429, retryAfterSeconds: 3 }, push);
    const body: JsonObject = { ...world.erp.newBody("Part"), partNumber: "BOTH", description: "ours" };
    const { transactions } = await world.main.write({ entityType: "Part", key: "BOTH", body });
    await eventually(() => expect(world.main.documents("Part", "BOTH")).toHaveLength(2));
    const [job] = await world.sync(["Part"], "full");
    expect(job?.counts).toMatchObject({ rejected: 1 });
    await world.main.settled(transactions[0]?.id, "confirmed");
    const claimant = [{ reason: "DUPLICATE_KEY", externalId: rival.externalId }];
    await eventually(async () => expect(await world.main.letters()).toMatchObject(claimant), { timeoutMs: 60_000 });
  });
});
