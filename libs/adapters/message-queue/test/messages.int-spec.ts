import type { Page, PullQuery } from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";
import { messageQueue } from "../src";
import type { Broker } from "./queue-erp";
import { memoryPlace, natsPlace, type QueuePlace } from "./queue-places";

const SETTINGS: JsonObject = {
  sources: [
    { entityType: "Supplier", stream: "OUT", subject: "out.supplier.*" },
    { entityType: "Part", stream: "OUT", subject: "out.parts", key: ["partNumber", "plant"] },
  ],
};

const body = (n: number) => JSON.stringify({ supplierNumber: `S${n}`, name: `Supplier ${n}` });

describe.each([
  ["NATS", natsPlace],
  ["a broker in memory", memoryPlace],
])("messages of %s", (_, start) => {
  let place: QueuePlace;
  let broker: Broker;
  let serial = 0;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    place = await start();
    broker = place.broker;
    await broker.make("OUT", "out");
  });
  beforeEach(() => broker.purge("OUT"));
  afterEach(async () => {
    for (const { close } of opened.splice(0)) await close();
  });
  afterAll(() => place?.stop());

  const supplier = (id: string, content: Uint8Array | string, headers?: Record<string, string>, once?: string) =>
    broker.publish(`out.supplier.${id}`, content, headers, once);

  /** Pages from a stored cursor on, in a session of its own, as after a restart; the first `stopAfter` of them. */
  async function pull(
    cursor: Json | null,
    {
      stopAfter = Infinity,
      entity = "Supplier",
      ...query
    }: Partial<PullQuery> & { stopAfter?: number; entity?: "Supplier" | "Part" } = {},
  ) {
    const { session, close } = await place.open({ settings: SETTINGS });
    opened.push({ close });
    const pages: Page[] = [];
    const whole: PullQuery = { mode: "incremental", cursor, pageSize: 4, lookbackSeconds: 0, ...query };
    for await (const page of messageQueue.entities[entity]?.pull?.(session, whole) ?? []) {
      pages.push(page);
      if (pages.length >= stopAfter) break;
    }
    return {
      pages,
      ids: pages.flatMap(({ rows }) => rows.map(({ externalId }) => externalId)),
      problems: Object.fromEntries(
        pages.flatMap(({ rows }) =>
          rows.flatMap(({ externalId, problem }) => (problem ? [[externalId, problem]] : [])),
        ),
      ),
      cursor: JSON.parse(JSON.stringify(pages.at(-1)?.cursor ?? null)) as Json,
    };
  }

  it("come again until their page is stored, and never after", async () => {
    for (let n = 1; n <= 10; n++) await supplier(`S${n}`, body(n));
    const stored = await pull(null, { stopAfter: 1 });
    expect(stored.ids).toEqual(["S1", "S2", "S3", "S4"]);
    // Killed between the page and its commit, twice: its cursor was not stored.
    for (let killed = 0; killed < 2; killed++)
      expect((await pull(stored.cursor, { stopAfter: 1 })).ids).toEqual(["S5", "S6", "S7", "S8"]);
    const rest = await pull(stored.cursor);
    expect(rest.ids).toEqual(["S5", "S6", "S7", "S8", "S9", "S10"]);
    expect((await pull(rest.cursor)).ids).toEqual([]);
    await supplier("S11", body(11));
    expect((await pull(rest.cursor)).ids).toEqual(["S11"]);
  });

  it("of one id are one; the same content under another id is one row of its page", async () => {
    const [a, b] = [`id ${++serial}`, `id ${++serial}`];
    for (let sent = 0; sent < 3; sent++) await supplier("S1", body(1), {}, a);
    expect(await broker.count("OUT", "out.supplier.*")).toBe(1);
    await supplier("S1", body(1), {}, b);
    await supplier("S2", body(2));
    const first = await pull(null);
    expect(first.ids).toEqual(["S1", "S2"]);
    await supplier("S1", body(1));
    const again = await pull(first.cursor);
    expect(again.pages[0]?.rows[0]).toMatchObject({ externalId: "S1", body: JSON.parse(body(1)) as JsonObject });
  });

  it("that cannot be read are listed with their reason, and stop nothing", async () => {
    await supplier("S1", body(1));
    await supplier("S2", '{"name":');
    await supplier("S3", new Uint8Array([0x7b, 0xff, 0x7d]));
    await supplier("S4", '["a list"]');
    await supplier("S5", JSON.stringify({ name: "x".repeat(1024 * 1024) }).slice(0, 1024 * 1024 - 400));
    await supplier("S6", "");
    await broker.publish("out.unknown.S7", body(7));
    await supplier("S8", body(8));
    const { ids, problems, cursor } = await pull(null, { pageSize: 2 });
    expect(ids).toEqual(["S1", "S2", "S3", "S4", "S5", "S6", "S8"]);
    const noObject = "the message is no JSON object";
    expect(problems).toEqual({ S2: noObject, S3: noObject, S4: noObject, S5: noObject, S6: noObject });
    expect((await pull(cursor)).ids).toEqual([]);
  });

  it("behind a readable one of the same row leave it as it is, before it are forgotten", async () => {
    await supplier("S1", body(1));
    await supplier("S1", "{");
    await supplier("S2", "{");
    await supplier("S2", body(2));
    const { pages, ids, problems } = await pull(null, { pageSize: 10 });
    expect(ids).toEqual(["S1", expect.stringMatching(/^message \d+$/), "S2"]);
    expect(Object.keys(problems)).toEqual([ids[1]]);
    expect(pages[0]?.rows[2]).toMatchObject({ body: { name: "Supplier 2" } });
  });

  it("that say a row is gone need no body, and count in their order", async () => {
    const gone = { "Dovetail-Operation": "delete" };
    await supplier("S1", body(1));
    await supplier("S1", "", gone);
    await supplier("S2", "", gone);
    await supplier("S2", body(2));
    const { pages, ids } = await pull(null, { pageSize: 10 });
    expect([pages[0]?.deleted, ids]).toEqual([["S1"], ["S2"]]);
  });

  it("of a topic without ids are named by their members; one that lacks them is listed by its place", async () => {
    await broker.publish("out.parts", JSON.stringify({ partNumber: "P1", plant: 7 }));
    await broker.publish("out.parts", JSON.stringify({ partNumber: "P2" }));
    await broker.publish("out.parts", JSON.stringify({ partNumber: { deep: 1 }, plant: 7 }));
    const { ids, problems } = await pull(null, { entity: "Part" });
    expect(ids).toEqual(["P1|7", expect.stringMatching(/^message \d+$/), expect.stringMatching(/^message \d+$/)]);
    expect(Object.values(problems)).toEqual([
      "the message has no partNumber, plant",
      "the message has no partNumber, plant",
    ]);
  });

  it("of a log that was made anew are read from its beginning", async () => {
    await supplier("S1", body(1));
    const { cursor } = await pull(null);
    expect(cursor).toMatchObject({ next: expect.any(Number) as number });
    const other = { ...(cursor as JsonObject), incarnation: "another", next: 999 };
    expect((await pull(other)).ids).toEqual(["S1"]);
  });

  it("that answer a push and say neither what was made nor what is wrong are no refusal", async () => {
    await broker.make("DONE", "done");
    const replies = { stream: "DONE", subject: "done" };
    const sinks = [{ entityType: "Supplier", stream: "OUT", subject: "out.in", replies }];
    const { session, close } = await place.open({ settings: { ...SETTINGS, sinks } });
    opened.push({ close });
    const poll = async (reference: string, reply: string) => {
      await broker.publish(`done.create.${reference}`, reply);
      return messageQueue.entities.Supplier?.push?.poll?.(session as never, { reference, op: "create" });
    };
    for (const [n, reply] of ["{}", "taken", "[1]", '{"error":7}', '{"externalId":""}'].entries())
      expect(await poll(`UNCLEAR${n}`, reply)).toMatchObject({ category: "SERVER" });
    expect(await poll("WRONG", '{"error":"no such plant"}')).toMatchObject({
      category: "VALIDATION",
      message: "no such plant",
    });
    expect(await poll("MADE", '{"externalId":"7"}')).toEqual({ externalId: "7" });
  });
});

it("a message that is longer than a record may be is listed with its length", async () => {
  const place = await memoryPlace();
  await place.broker.make("OUT", "out");
  const { session, close } = await place.open({ settings: SETTINGS });
  await place.broker.publish("out.supplier.S1", JSON.stringify({ name: "x".repeat(1024 * 1024) }));
  const query: PullQuery = { mode: "full", cursor: null, pageSize: 4, lookbackSeconds: 0 };
  for await (const { rows } of messageQueue.entities.Supplier?.pull?.(session, query) ?? [])
    expect(rows).toMatchObject([
      { externalId: "S1", body: {}, problem: "the message has 1048587 bytes; there may be 1048576" },
    ]);
  expect(await messageQueue.test(session)).toMatchObject({ product: "A broker in memory" });
  await close();
});
