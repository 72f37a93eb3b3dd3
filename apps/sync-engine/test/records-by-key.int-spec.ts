import { sync, type RecordView } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { World } from "./world";

describe("records by key", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: { direction: "inbound" } });
    for (const key of ["ONE", "TWO", "GONE"])
      await world.bus.call(sync.write, world.context, {
        entityType: "Part",
        key,
        op: "put",
        body: { partNumber: key, description: `line\nbreak "${key}"`, unit: "EA" },
      });
    await world.bus.call(sync.write, world.context, { entityType: "Part", key: "GONE", op: "delete" });
  });

  afterAll(() => world?.close());

  async function ask(wanted: [EntityName, string][]): Promise<(RecordView | null)[]> {
    const input = { entityTypes: wanted.map(([entity]) => entity), keys: wanted.map(([, key]) => key) };
    const { texts } = await world.bus.call(sync.recordsByKey, world.context, input);
    return texts.map((each) => each && each.parse<RecordView>());
  }

  it("answers each key in its place; deleted and strange ones are not there", async () => {
    const answers = await ask([
      ["Part", "TWO"],
      ["Part", "ONE\nTWO"],
      ["Part", "GONE"],
      ["Part", ""],
      ["Part", "\0"],
      ["Supplier", "ONE"],
      ["Part", "ONE"],
      ["Part", "TWO"],
    ]);
    expect(answers.map((view) => view?.key ?? null)).toEqual(["TWO", null, null, null, null, null, "ONE", "TWO"]);
  });

  it("shows a record as lists show it", async () => {
    const [one] = await ask([["Part", "ONE"]]);
    const { items } = await world.bus.call(sync.records, world.context, { entityType: "Part", prefix: "ONE" });
    expect(one).toEqual(items[0]);
    expect(one?.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("answers nothing for nothing", async () => {
    expect(await ask([])).toEqual([]);
  });
});
