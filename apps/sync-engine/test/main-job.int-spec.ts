import { sync, type MesAnswer } from "@dovetail/contracts";
import { eventually } from "@dovetail/testing";
import { World } from "./world";

describe("the main job", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Supplier: {}, Part: {} });
  });
  afterAll(() => world?.close());

  it("pulls every row once; a second run changes nothing", async () => {
    world.erp.seedRows("Supplier", 250);
    const [first] = await world.sync(["Supplier"]);
    expect(first).toMatchObject({ status: "completed", problem: null });
    expect(first?.counts).toEqual({
      read: 250,
      created: 250,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      parked: 0,
      deleted: 0,
    });
    const [second] = await world.sync(["Supplier"], "full");
    expect(second?.counts).toEqual({
      read: 250,
      created: 0,
      updated: 0,
      unchanged: 250,
      rejected: 0,
      parked: 0,
      deleted: 0,
    });
    const page = await world.bus.call(sync.records, world.context, { entityType: "Supplier", limit: 1000 });
    expect(page.items).toHaveLength(250);
    expect(page.next).toBeNull();
    expect(page.items[0]?.sync[0]).toMatchObject({ integration: "memory-one", direction: "inbound", state: "SYNCED" });
  });

  it("tells a first load by one baseline event, later changes one by one", async () => {
    const feed = await eventually(async () => {
      const page = await world.bus.call(sync.changes, world.context, {});
      expect(page.items.some((event) => event.type === "erp.Supplier.baseline")).toBe(true);
      return page;
    });
    expect(feed.items.map((event) => event.type)).toEqual(["erp.Supplier.baseline"]);
    const [id] = world.erp.seedRows("Supplier", 1);
    world.erp.advance(5_000);
    const [job] = await world.sync(["Supplier"]);
    expect(job?.counts.created).toBe(1);
    const news = await eventually(async () => {
      const page = await world.bus.call(sync.changes, world.context, { cursor: feed.next ?? "" });
      expect(page.items).toHaveLength(1);
      return page.items[0];
    });
    expect(news).toMatchObject({
      type: "erp.Supplier.created",
      source: "/integrations/memory-one",
      data: { version: 1 },
    });
    expect(id).toBeDefined();
  });

  it("SYN-8, SYN-9: brings a change of the MES to the ERP, once, and does not take its echo for a change", async () => {
    const body = { ...world.erp.newBody("Supplier"), supplierNumber: "MES-1", name: "From the MES" };
    const answer = await world.bus.call(sync.write, world.context, {
      entityType: "Supplier",
      key: "MES-1",
      op: "put",
      body,
      eventId: "e1",
    });
    expect(answer.transactions).toHaveLength(1);
    const again = await world.bus.call(sync.write, world.context, {
      entityType: "Supplier",
      key: "MES-1",
      op: "put",
      body,
      eventId: "e1",
    });
    expect(again.duplicate).toBe(true);
    const done = await eventually(async () => {
      const found = await world.bus.call(sync.transaction, world.context, { id: answer.transactions[0]?.id ?? "" });
      expect(found.status).toBe("confirmed");
      return found;
    });
    expect(world.erp.table("Supplier").get(done.externalId ?? "", world.erp.now())?.body).toMatchObject({
      name: "From the MES",
    });
    expect(
      world.erp.journal.filter((entry) => entry.what === "created" && entry.externalId === done.externalId),
    ).toHaveLength(1);
    const [job] = await world.sync(["Supplier"], "full");
    expect(job?.counts).toMatchObject({ created: 0, updated: 0, rejected: 0, parked: 0 });
  });

  it("says when a record was last pushed, in UTC with a Z", async () => {
    const { sync: states } = await world.view("Supplier", "MES-1");
    const utc = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const pushed = { direction: "outbound", state: "SYNCED", lastSyncAt: utc, lastError: null };
    expect(states).toContainEqual(expect.objectContaining(pushed));
  });

  it("SYN-10: sends only what changed, and lets the ERP's change of another field arrive", async () => {
    const before = await world.view("Supplier", "MES-1");
    const externalId = before.sync.find((entry) => entry.externalId)?.externalId ?? "";
    world.erp.mutate("Supplier", externalId, { externalReference: "ERP side" });
    const patch = { name: "Renamed by the MES" };
    await world.bus.call(sync.write, world.context, { entityType: "Supplier", key: "MES-1", op: "patch", body: patch });
    await eventually(() => {
      const row = world.erp.table("Supplier").get(externalId, world.erp.now());
      expect(row?.body).toMatchObject({ name: "Renamed by the MES", externalReference: "ERP side" });
    });
    await world.sync(["Supplier"]);
    await eventually(async () => {
      expect(await world.record("Supplier", "MES-1")).toMatchObject({
        name: "Renamed by the MES",
        externalReference: "ERP side",
      });
    });
  });

  it("takes a MES module's request on NATS and answers after the commit", async () => {
    const record = { ...world.erp.newBody("Part"), partNumber: "P-NATS" };
    await world.sync(["Part"]);
    const request = {
      specversion: "1.0",
      id: "module-event-1",
      type: "mes.Part.created",
      source: "/modules/planning",
      data: { entityType: "Part", key: "P-NATS", record },
    };
    const send = async () => {
      const reply = await world.bus.connection.request("mes.acme.Part.created", JSON.stringify(request), {
        timeout: 5000,
      });
      return reply.json<MesAnswer>();
    };
    expect(await send()).toMatchObject({ accepted: true, duplicate: false, version: 1 });
    expect(await send()).toMatchObject({ accepted: true, duplicate: true, version: 1 });
    await eventually(() => {
      expect(world.erp.table("Part").find(world.erp.now(), (row) => row.body.partNumber === "P-NATS")).toHaveLength(1);
    });
  });
});
