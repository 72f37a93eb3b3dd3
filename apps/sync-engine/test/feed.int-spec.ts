import { sync, type CloudEvent } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

/** A module that follows the feed from its stored cursor and keeps what it is told. */
class Follower {
  readonly versions = new Map<string, number>();
  readonly seen: string[] = [];
  cursor: string | undefined;

  constructor(private readonly world: World) {}

  async read(limit = 7): Promise<void> {
    for (;;) {
      const input = { limit, ...(this.cursor === undefined ? {} : { cursor: this.cursor }) };
      const page = await this.world.bus.call(sync.changes, this.world.context, input);
      for (const event of page.items) await this.take(event);
      const still = page.next === this.cursor;
      this.cursor = page.next ?? this.cursor;
      if (still || page.items.length === 0) return;
    }
  }

  private async take(event: CloudEvent): Promise<void> {
    this.seen.push(event.id);
    if (event.type.endsWith(".baseline")) return this.page(String(event.data.entityType));
    const id = `${event.data.entityType}/${event.subject}`;
    const version = Number(event.data.version);
    if (version > (this.versions.get(id) ?? 0)) this.versions.set(id, version);
  }

  private async page(entityType: string): Promise<void> {
    let cursor: string | undefined;
    do {
      const input = { entityType: entityType as "Part", includeDeleted: true, ...(cursor ? { cursor } : {}) };
      const page = await this.world.bus.call(sync.records, this.world.context, input);
      for (const { key, version } of page.items) this.versions.set(`${entityType}/${key}`, version);
      cursor = page.next ?? undefined;
    } while (cursor);
  }
}

describe("the change feed", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: { direction: "inbound", pageSize: 30 }, Supplier: { direction: "inbound" } });
  });
  afterAll(() => world?.close());

  const write = (key: string, description: string) =>
    world.main.write({ entityType: "Part", key, body: { partNumber: key, description } as JsonObject });

  async function stored(): Promise<Map<string, number>> {
    const rows = await world.sql<{ key: string; version: number }>(
      "select 'Part/' || key as key, version from sync_engine.records where tenant_id = $1 and entity = $2",
      [world.context.tenantId, await partCode()],
    );
    return new Map(rows.map(({ key, version }) => [key, version]));
  }

  async function partCode(): Promise<number> {
    const [row] = await world.sql<{ entity: number }>(
      "select entity from sync_engine.records where key = 'W-0' limit 1",
    );
    return row?.entity ?? 0;
  }

  it("SYN-15: has no gaps and no repeats under concurrent writers, with the broker's store wiped in between", async () => {
    const follower = new Follower(world);
    world.erp.seedRows("Part", 100);
    const writers = Array.from({ length: 4 }, async (_, w) => {
      for (let i = 0; i < 15; i++) await write(`W-${(w + i) % 6}`, `${w}.${i}`);
    });
    const pulling = world.sync(["Part"]);
    await follower.read();
    await Promise.all([...writers, pulling]);
    await world.nats.restart({ wipe: true });
    await eventually(async () => expect(await world.bus.call(sync.changes, world.context, {})).toBeDefined(), {
      timeoutMs: 10_000,
    });
    await eventually(() => write("W-0", "after the wipe"), { timeoutMs: 10_000 });
    await eventually(
      async () => {
        await follower.read();
        expect(follower.versions).toEqual(await stored());
      },
      { timeoutMs: 15_000 },
    );
    expect(new Set(follower.seen).size).toBe(follower.seen.length);
    const [log] = await world.sql<{ n: number; top: number }>(
      "select count(position)::int n, max(position)::int top from sync_engine.event_log where tenant_id = $1",
      [world.context.tenantId],
    );
    expect(log?.n).toBe(log?.top);
  });

  it("reads the same from any page size", async () => {
    const whole = new Follower(world);
    await whole.read(1_000);
    const single = new Follower(world);
    await single.read(1);
    expect(single.seen).toEqual(whole.seen);
  });

  it("answers 410 to a cursor of another epoch and to one whose rows are gone; nonsense is ERP008", async () => {
    const encoded = (text: string) => Buffer.from(text).toString("base64url");
    const read = (cursor: string) => world.bus.call(sync.changes, world.context, { cursor });
    await expect(read(encoded("9.1.0"))).rejects.toMatchObject({ problem: { status: 410 } });
    await expect(read("nonsense")).rejects.toMatchObject({ code: "ERP008" });
    await world.sql("delete from sync_engine.event_log where position <= 5");
    await expect(read(encoded("1.2.0"))).rejects.toMatchObject({ problem: { status: 410 } });
    expect((await world.bus.call(sync.changes, world.context, {})).items.length).toBeGreaterThan(0);
  });

  it("tells a record of more than 64 KiB by key and version alone", async () => {
    const follower = new Follower(world);
    await follower.read();
    await write("BIG", "x".repeat(100_000));
    const event = await eventually(async () => {
      const page = await world.bus.call(sync.changes, world.context, { cursor: follower.cursor ?? "" });
      const found = page.items.find((each) => each.subject === "BIG");
      if (!found) throw new Error("not yet");
      return found;
    });
    expect(event.data).toMatchObject({ entityType: "Part", key: "BIG", version: 1 });
    expect(event.data).not.toHaveProperty("record");
    expect(String((await world.record("Part", "BIG"))["description"])).toHaveLength(100_000);
  });
});
