import { ENTITY_NAMES, type JsonObject, keyOf, validateRecord } from "@dovetail/domain";
import { type Adapter, type Page, type PullQuery, type PushRequest } from "@dovetail/adapter-sdk";
import { FakeClock } from "@dovetail/testing";
import { startMemoryErp, stopMemoryErp } from "./instances";
import { memory } from "./memory-adapter";
import { MemoryErp, type MemoryErpOptions } from "./memory-erp";

const NAME = "memory-erp-spec";
const quiet = () => undefined;

afterEach(() => stopMemoryErp(NAME));

async function setUp(options: MemoryErpOptions = {}) {
  const clock = new FakeClock();
  const erp = startMemoryErp(NAME, { clock, seed: 7, ...options });
  const session = await memory.open({
    config: { instance: NAME, apiUsername: "api", apiPassword: "memory-password" },
    http: { request: () => Promise.reject(new Error("no HTTP")) },
    clock,
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  return { clock, erp, session };
}

const port = (adapter: Adapter, entity: "Supplier" | "InventoryTransaction" | "CostPosting") => {
  const found = adapter.entities[entity];
  if (!found?.pull || !found.push || !found.lookup) throw new Error(`${entity} is not complete`);
  return { pull: found.pull, push: found.push, lookup: found.lookup };
};

async function pull(session: unknown, query: Partial<PullQuery> = {}): Promise<Page[]> {
  const pages: Page[] = [];
  const whole: PullQuery = { mode: "full", cursor: null, pageSize: 10, lookbackSeconds: 0, ...query };
  for await (const page of port(memory, "Supplier").pull(session, whole)) pages.push(page);
  return pages;
}

const request = (body: JsonObject, change: Partial<PushRequest> = {}): PushRequest => ({
  op: "create",
  reference: "ABCDEFGHIJKL",
  body,
  ...change,
});

describe("MemoryErp", () => {
  it("seeds valid records with keys of their own, the same for the same seed", () => {
    for (const entity of ENTITY_NAMES) {
      const make = () => {
        const erp = new MemoryErp({ seed: 42 });
        return Array.from({ length: 20 }, () => erp.newBody(entity));
      };
      const bodies = make();
      expect(bodies.flatMap((body) => validateRecord(entity, body))).toEqual([]);
      expect(new Set(bodies.map((body) => keyOf(entity, body))).size).toBe(20);
      expect(make()).toEqual(bodies);
    }
  });

  it("names its seed", () => {
    expect(new MemoryErp({ seed: 42 }).describe()).toContain("42");
  });

  it("keeps a journal of calls and effects", async () => {
    const { erp, session } = await setUp();
    await port(memory, "Supplier").push.send(session, request(erp.newBody("Supplier")));
    await port(memory, "Supplier").push.send(session, request(erp.newBody("Supplier")));
    expect(erp.journal.map(({ what }) => what)).toEqual(["push", "created", "push", "merged"]);
    expect(erp.journal[1]).toMatchObject({ entity: "Supplier", externalId: "1", reference: "ABCDEFGHIJKL" });
  });

  it("has a search that lags behind", async () => {
    const { erp, session, clock } = await setUp();
    const { push, lookup } = port(memory, "InventoryTransaction");
    erp.faults.searchLagMs = 3000;
    await push.send(session, request(erp.newBody("InventoryTransaction"), { op: "post" }));
    expect(await lookup(session, { reference: "ABCDEFGHIJKL" })).toHaveLength(0);
    expect(await lookup(session, { externalId: "1" })).toHaveLength(1);
    await clock.advance(3000);
    expect(await lookup(session, { reference: "ABCDEFGHIJKL" })).toHaveLength(1);
  });

  it("merges a resent reference with an effect that becomes due within the same call", async () => {
    let ticks = 0;
    const clock = { now: () => 1_000_000 + ticks++, monotonic: () => ticks, sleep: () => Promise.resolve() };
    const erp = new MemoryErp({ clock, seed: 1 });
    const body = erp.newBody("Part");
    erp.later(1, () => void erp.create("Part", body, "REFERENCE123"));
    erp.create("Part", body, "REFERENCE123");
    expect(erp.table("Part").size).toBe(1);
  });

  it("makes a late effect happen on its clock", async () => {
    const { erp, session, clock } = await setUp();
    erp.faults.next({ kind: "late", ms: 5000 });
    const sending = port(memory, "Supplier").push.send(session, request(erp.newBody("Supplier")));
    await expect(sending).rejects.toMatchObject({ category: "TRANSIENT", sent: "maybe" });
    await clock.advance(4999);
    expect(await pull(session)).toMatchObject([{ rows: [] }]);
    await clock.advance(1);
    expect(await pull(session)).toMatchObject([{ rows: [{ externalId: "1" }] }]);
  });

  it("normalises what is pushed and answers with what it made of it", async () => {
    const { erp, session } = await setUp();
    erp.faults.normalise = (_, body) => Object.assign(body, { name: String(body.name).toUpperCase() });
    const body = { ...erp.newBody("Supplier"), name: "Bolt Ltd" };
    const result = await port(memory, "Supplier").push.send(session, request(body));
    expect(result).toMatchObject({ done: "confirmed", shown: { body: { name: "BOLT LTD" } } });
  });

  it("refuses a stale version", async () => {
    const { erp, session } = await setUp();
    const [externalId = ""] = erp.seedRows("Supplier", 1);
    erp.mutate("Supplier", externalId);
    const change = request({ name: "x" }, { op: "update", externalId, version: "v1" });
    await expect(port(memory, "Supplier").push.send(session, change)).rejects.toMatchObject({
      category: "CONFLICT",
      sent: "no",
    });
  });

  it("repeats rows in a page when told to", async () => {
    const { erp, session } = await setUp();
    erp.seedRows("Supplier", 3);
    erp.faults.duplicateRows = true;
    const [page] = await pull(session);
    expect(page?.rows.map(({ externalId }) => externalId)).toEqual(["1", "2", "3", "1"]);
  });

  it("reports deletes in the increment that follows", async () => {
    const { erp, session, clock } = await setUp();
    const [gone = ""] = erp.seedRows("Supplier", 2);
    await clock.advance(2000);
    const [full] = await pull(session);
    await clock.advance(2000);
    erp.remove("Supplier", gone);
    const [increment] = await pull(session, { mode: "incremental", cursor: full?.cursor ?? null });
    expect(increment).toMatchObject({ rows: [], deleted: [gone], last: true });
  });

  it("serves no page longer than its own limit", async () => {
    const { erp, session } = await setUp({ maxPageSize: 2 });
    erp.seedRows("Supplier", 5);
    expect((await pull(session, { pageSize: 1000 })).map(({ rows }) => rows.length)).toEqual([2, 2, 1]);
  });

  it("refuses a cursor that is not its own", async () => {
    const { session } = await setUp();
    await expect(pull(session, { cursor: { page: 3 } })).rejects.toMatchObject({ code: "STALE" });
  });

  it("is away when stopped, and there again when started", async () => {
    const { session } = await setUp();
    stopMemoryErp(NAME);
    await expect(pull(session)).rejects.toMatchObject({ category: "TRANSIENT", sent: "no" });
    startMemoryErp(NAME);
    await expect(pull(session)).resolves.toHaveLength(1);
  });

  it("holds a paused sender until it is released", async () => {
    const { erp, session } = await setUp();
    const held = erp.faults.pauseSender();
    const sending = port(memory, "CostPosting").push.send(session, request(erp.newBody("CostPosting"), { op: "post" }));
    await held.held;
    expect(erp.table("CostPosting").size).toBe(0);
    await held.release();
    expect(erp.table("CostPosting").size).toBe(1);
    await expect(sending).resolves.toMatchObject({ done: "confirmed" });
  });
});
