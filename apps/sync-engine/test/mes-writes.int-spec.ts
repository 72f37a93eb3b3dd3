import { sync, type MesAnswer, type ProblemDocument } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { World } from "./world";

describe("changes from the MES", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Part: { direction: "inbound" }, CostPosting: { direction: "inbound" } });
    world.addTenant("other", {});
  });
  afterAll(() => world?.close());

  const part = (partNumber: string, more: JsonObject = {}): JsonObject => ({ partNumber, description: "x", ...more });
  const write = (key: string, more: Partial<Parameters<World["main"]["write"]>[0]> = {}) =>
    world.main.write({ entityType: "Part", key, body: part(key), ...more });

  async function request(subject: string, event: JsonObject): Promise<MesAnswer & ProblemDocument> {
    const reply = await world.bus.connection.request(subject, JSON.stringify(event), { timeout: 5_000 });
    return reply.json();
  }
  const event = (id: string, key: string, data: JsonObject = {}): JsonObject => ({
    specversion: "1.0",
    id,
    type: "mes.Part.updated",
    source: "/modules/planning",
    data: { entityType: "Part", key, record: part(key), ...data },
  });

  it("the same event id with another body is refused; with the same body it is the same answer", async () => {
    const first = await request("mes.acme.Part.updated", event("e-1", "P-1"));
    expect(first).toMatchObject({ accepted: true, duplicate: false, version: 1 });
    expect(await request("mes.acme.Part.updated", event("e-1", "P-1"))).toMatchObject({ duplicate: true, version: 1 });
    const other = event("e-1", "P-1", { record: part("P-1", { description: "another" }) });
    expect(await request("mes.acme.Part.updated", other)).toMatchObject({ code: "CONFLICT", status: 409 });
    expect(await world.record("Part", "P-1")).toMatchObject({ description: "x" });
  });

  it("SYN-8: a request repeated after others is answered with the version that it made, not with theirs", async () => {
    const first = event("late-1", "LATE");
    expect(await request("mes.acme.Part.updated", first)).toMatchObject({ duplicate: false, version: 1 });
    await write("LATE", { op: "patch", body: { description: "later" } });
    expect(await request("mes.acme.Part.updated", first)).toMatchObject({ duplicate: true, version: 1 });
  });

  it("a hundred writers of one key, each its own event: a hundred versions or none twice", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        write("RACE", { body: part("RACE", { description: `d${i}` }), eventId: `r${i}` }),
      ),
    );
    expect(answers).toHaveLength(40);
    const rows = await world.sql<{ version: number }>(
      "select version from sync_engine.changes where key = 'RACE' order by version",
    );
    expect(rows.map(({ version }) => version)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it("the same event from two connections at once has one effect", async () => {
    const both = await Promise.all([1, 2, 3].map(() => write("ONCE", { eventId: "once", sender: "/m" })));
    expect(both.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await world.sql("select 1 from sync_engine.changes where key = 'ONCE'")).toHaveLength(1);
  });

  it("a version that has moved on is STALE, with the current one", async () => {
    await write("V");
    await expect(write("V", { ifVersion: 7, op: "patch", body: { description: "y" } })).rejects.toMatchObject({
      code: "STALE",
    });
    expect((await write("V", { ifVersion: 1, op: "patch", body: { description: "y" } })).record.version).toBe(2);
    await expect(write("NEW", { ifVersion: 1 })).rejects.toMatchObject({ code: "STALE" });
  });

  it("a fact is never edited nor deleted", async () => {
    const body = world.erp.newBody("CostPosting");
    const key = String(body["costPostingNumber"]);
    await world.main.write({ entityType: "CostPosting", key, body });
    expect((await world.main.write({ entityType: "CostPosting", key, body })).record.version).toBe(1);
    const edited = { ...body, externalReference: "edited" };
    await expect(world.main.write({ entityType: "CostPosting", key, body: edited })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(world.main.write({ entityType: "CostPosting", key, op: "delete" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  it("deleted is not found, deleted twice is no change, and put revives it", async () => {
    await write("D");
    await write("D", { op: "delete", body: undefined });
    await expect(world.record("Part", "D")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await write("D", { op: "delete", body: undefined })).record.version).toBe(2);
    await expect(write("D", { op: "patch", body: { description: "z" } })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await write("D")).record.version).toBe(3);
    const ops = await world.sql<{ op: string }>("select op from sync_engine.changes where key = 'D' order by version");
    expect(ops.map(({ op }) => op)).toEqual(["c", "d", "c"]);
  });

  it.each([
    ["an unknown entity", "mes.acme.Nothing.updated", event("u1", "P"), "ERP008"],
    ["an entity other than the subject's", "mes.acme.Supplier.updated", event("u2", "P"), "ERP008"],
    ["a tenant that does not exist", "mes.nobody.Part.updated", event("u3", "P"), "NOT_FOUND"],
    ["no record", "mes.acme.Part.updated", event("u4", "P", { record: null }), "ERP008"],
    ["a body with another key", "mes.acme.Part.updated", event("u5", "P", { record: part("Q") }), "ERP008"],
    [
      "a NUL character",
      "mes.acme.Part.updated",
      event("u6", "P", { record: part("P", { description: "a\0b" }) }),
      "ERP008",
    ],
    [
      "a field that is none",
      "mes.acme.Part.updated",
      event("u7", "P", { record: part("P", { nonsense: 1 }) }),
      "ERP008",
    ],
  ])("%s is refused with a problem document", async (_name, subject, sent, code) => {
    const answer = await request(subject, sent);
    expect(answer).toMatchObject({ code });
    expect(JSON.stringify(answer)).not.toMatch(/\bat .*\.ts/);
  });

  it("text that is no JSON is refused, and another tenant's name writes to that tenant alone", async () => {
    const reply = await world.bus.connection.request("mes.acme.Part.updated", "{", { timeout: 5_000 });
    expect(reply.json()).toMatchObject({ code: "ERP008" });
    expect(await request("mes.other.Part.updated", event("t1", "TENANT"))).toMatchObject({ accepted: true });
    await expect(world.record("Part", "TENANT")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const [other] = world.tenants.slice(1);
    expect(await other?.record("Part", "TENANT")).toMatchObject({ partNumber: "TENANT" });
    const page = await world.bus.call(sync.records, world.context, { entityType: "Part", prefix: "TENANT" });
    expect(page.items).toEqual([]);
  });
});
