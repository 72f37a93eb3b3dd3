import { sync } from "@dovetail/contracts";
import { World } from "./world";

describe("the ledger", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: {} });
    await world.sync(["Part"]);
  });
  afterAll(() => world?.close());

  it("shows every push once, page by page, also those of one and the same millisecond", async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) {
      const key = `PAGE-${n}`;
      await world.main.write({ entityType: "Part", key, body: { partNumber: key, description: "x" } });
    }
    await world.sql(
      `update sync_engine.pushes set created_at = '2026-01-01T00:00:00.123Z'::timestamptz + n * interval '1 us'
       from (select id as own, row_number() over (order by id desc) n from sync_engine.pushes) numbered where id = own`,
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const asked = { direction: "outbound" as const, limit: 1, ...(cursor === undefined ? {} : { cursor }) };
      const page = await world.bus.call(sync.transactions, world.context, asked);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(6);
  });
});
