import { memory } from "@dovetail/adapter-memory";
import { sync } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { PlanTests } from "./plan-tests";
import { World } from "./world";

/** Both sides change a field; the field policy decides. Supplier is read only: an edit of ours stays here until it is read. */
describe("a field that both sides changed", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      Supplier: {
        direction: "inbound",
        fieldPolicy: { "*": "erp", name: "newest", paymentTerms: "mes" },
      },
      Customer: { fieldPolicy: { "*": "manual" } },
      Part: { direction: "inbound" },
    });
  });
  afterAll(() => world?.close());
  afterEach(() => world.erp.faults.clear());

  const ids = new Map<string, string>();
  const names: Partial<Record<EntityName, string>> = {
    Supplier: "supplierNumber",
    Customer: "customerNumber",
    Part: "partNumber",
  };

  async function both(entity: EntityName, key: string, part: JsonObject = {}): Promise<void> {
    const body = { [names[entity] ?? ""]: key, name: "Old", ...part };
    ids.set(key, world.erp.insert(entity, body).externalId);
    world.erp.advance(1_000);
    await world.sync([entity]);
  }
  const ours = (entityType: EntityName, key: string, body: JsonObject) =>
    world.main.write({ entityType, key, op: "patch", body });
  const theirs = (entity: EntityName, key: string, body: JsonObject) => {
    world.erp.mutate(entity, ids.get(key) ?? "", body);
    world.erp.advance(1_000);
  };
  const letterOf = async (key: string, status: "OPEN" | "RESOLVED" = "OPEN") =>
    (await world.main.letters(status)).find((letter) => letter.key === key && letter.kind === "CONFLICT");

  /** A push that failed once is not tried again before long. */
  const putOff = () =>
    eventually(async () => {
      const tried = await world.sql("select 1 from sync_engine.pushes where status = 'pending' and attempts > 0");
      if (tried.length === 0) throw new Error("not tried yet");
      await world.sql(
        "update sync_engine.work set due_at = now() + interval '1 hour' where kind = 'push' and lease_until is null",
      );
    });

  /** A row that was read while a push of it was tried is read again first. */
  const conflictOf = (key: string) =>
    eventually(async () => {
      const letter = await letterOf(key);
      if (!letter) throw new Error(`no conflict of ${key}`);
      return letter;
    });

  it("SYN-10: erp and mes: the owner wins, field by field, and the loser is listed", async () => {
    await both("Supplier", "S-1", { paymentTerms: "T0", email: "old@example.com" });
    await ours("Supplier", "S-1", { paymentTerms: "ours", email: "ours@example.com" });
    theirs("Supplier", "S-1", { paymentTerms: "theirs", email: "theirs@example.com" });
    await world.sync(["Supplier"]);
    expect(await world.record("Supplier", "S-1")).toMatchObject({ paymentTerms: "ours", email: "theirs@example.com" });
    const letter = await letterOf("S-1", "RESOLVED");
    expect(letter).toMatchObject({ reason: "SETTLED" });
    expect(letter?.note).toBe("settled by policy: paymentTerms (mes): mes, email (erp): erp");
  });

  it("SYN-10: newest: the later change wins by the ERP's time corrected by its own clock; within two seconds the ERP", async () => {
    // the ERP's clock goes an hour ahead
    world.erp.advance(3_600_000);
    await both("Supplier", "S-2");
    theirs("Supplier", "S-2", { name: "Theirs, an hour ahead by its clock, and earlier" });
    world.erp.advance(60_000);
    await ours("Supplier", "S-2", { name: "Ours" });
    await world.sync(["Supplier"]);
    expect(await world.record("Supplier", "S-2")).toMatchObject({ name: "Ours" });
    expect((await letterOf("S-2", "RESOLVED"))?.note).toBe("settled by policy: name (newest): mes");

    await both("Supplier", "S-3");
    await ours("Supplier", "S-3", { name: "Ours" });
    theirs("Supplier", "S-3", { name: "Theirs at once" });
    await world.sync(["Supplier"]);
    expect(await world.record("Supplier", "S-3")).toMatchObject({ name: "Theirs at once" });
  });

  it("SYN-10, SYN-11: newest: an approved plan leaves what it showed: ours, where ours is the later change", async () => {
    await both("Supplier", "S-4");
    theirs("Supplier", "S-4", { name: "Theirs, earlier", email: "theirs@example.com" });
    world.erp.advance(60_000);
    await ours("Supplier", "S-4", { name: "Ours" });
    const plans = new PlanTests(world);
    const plan = await plans.dryRun("Supplier");
    const shown = (await plans.items(plan)).find(({ key }) => key === "S-4");
    expect(shown?.changes?.map(({ field }) => field)).toEqual(["email"]);
    expect(await plans.approve(plan)).toMatchObject({ status: "completed", approval: { notApplied: 0 } });
    expect(await world.record("Supplier", "S-4")).toMatchObject({ name: "Ours", email: "theirs@example.com" });
  });

  it("SYN-10: manual: stands as one letter with both values until a person decides; the decision is a new version that is pushed", async () => {
    await both("Customer", "C-1");
    // our change cannot leave before theirs is read
    world.erp.faults.always({ kind: "unreachable" }, ["push"]);
    const { transactions } = await ours("Customer", "C-1", { name: "Ours" });
    await putOff();
    theirs("Customer", "C-1", { name: "Theirs" });
    await world.sync(["Customer"]);
    const letter = await conflictOf("C-1");
    expect(letter.problem?.current).toEqual({
      version: 2,
      conflicts: [{ field: "name", ours: "Ours", theirs: "Theirs", before: "Old" }],
    });
    world.erp.faults.clear();
    await world.sql("update sync_engine.work set due_at = now() where kind = 'push'");
    await world.main.settled(transactions[0]?.id, "parked");
    expect(world.main.documents("Customer", "C-1")).toMatchObject([{ name: "Theirs" }]);
    expect(await world.record("Customer", "C-1")).toMatchObject({ name: "Ours" });

    const record = { ...(await world.record("Customer", "C-1")), name: "Decided" };
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter.id, record });
    await eventually(() => expect(world.main.documents("Customer", "C-1")).toMatchObject([{ name: "Decided" }]));
    expect(await world.view("Customer", "C-1")).toMatchObject({ version: 3 });
    expect(await letterOf("C-1")).toBeUndefined();
    await world.sync(["Customer"], "full");
    expect(await letterOf("C-1")).toBeUndefined();
  });

  it("SYN-10: manual: keeping ours is a decision too, and one on a record that moved on is refused", async () => {
    await both("Customer", "C-2");
    world.erp.faults.always({ kind: "unreachable" }, ["push"]);
    await ours("Customer", "C-2", { name: "Ours" });
    await putOff();
    theirs("Customer", "C-2", { name: "Theirs" });
    await world.sync(["Customer"]);
    const { id } = await conflictOf("C-2");
    await ours("Customer", "C-2", { email: "later@example.com" });
    const record = await world.record("Customer", "C-2");
    await expect(world.bus.call(sync.retryDeadLetter, world.context, { id, record })).rejects.toMatchObject({
      code: "STALE",
    });
    // without a record it is read and compared again
    await world.bus.call(sync.retryDeadLetter, world.context, { id });
    await eventually(async () => expect((await letterOf("C-2"))?.problem?.current).toMatchObject({ version: 3 }));
    await world.bus.call(sync.retryDeadLetter, world.context, { id, record });
    world.erp.faults.clear();
    await eventually(() => expect(world.main.documents("Customer", "C-2")).toMatchObject([{ name: "Ours" }]));
    expect(await letterOf("C-2")).toBeUndefined();
  });

  it("SYN-10: manual: a decision that is refused leaves the conflict as it was, and the ERP's edit is not overwritten", async () => {
    await both("Customer", "C-3");
    world.erp.faults.always({ kind: "unreachable" }, ["push"]);
    const { transactions } = await ours("Customer", "C-3", { name: "Ours" });
    await putOff();
    theirs("Customer", "C-3", { name: "Theirs" });
    await world.sync(["Customer"]);
    const { id, version } = await conflictOf("C-3");
    for (const record of [
      { customerNumber: "C-3", name: 7 },
      { customerNumber: "C-4", name: "Of another" },
    ])
      await expect(world.bus.call(sync.retryDeadLetter, world.context, { id, record })).rejects.toMatchObject({
        code: "ERP008",
      });
    await world.sync(["Customer"], "full");
    expect(await letterOf("C-3")).toMatchObject({ id, version });
    world.erp.faults.clear();
    await world.sql("update sync_engine.work set due_at = now() where kind = 'push'");
    await world.main.settled(transactions[0]?.id, "parked");
    expect(world.main.documents("Customer", "C-3")).toMatchObject([{ name: "Theirs" }]);
    const record = { ...(await world.record("Customer", "C-3")), name: "Decided" };
    await world.bus.call(sync.retryDeadLetter, world.context, { id, record });
    await eventually(() => expect(world.main.documents("Customer", "C-3")).toMatchObject([{ name: "Decided" }]));
  });

  it("SYN-10: manual: a later read that could not be merged leaves the conflict open, and our value here", async () => {
    await both("Customer", "C-5");
    world.erp.faults.always({ kind: "unreachable" }, ["push"]);
    const { transactions } = await ours("Customer", "C-5", { name: "Ours" });
    await putOff();
    theirs("Customer", "C-5", { name: "Theirs" });
    await world.sync(["Customer"]);
    const { id } = await conflictOf("C-5");
    world.erp.faults.clear();
    const listed = async () => (await world.main.letters()).filter(({ externalId }) => externalId === ids.get("C-5"));
    const reasons = async () => (await listed()).map(({ reason }) => reason).sort();

    // listed by a page, then by a single read
    theirs("Customer", "C-5", { creditLimit: "no number" });
    await world.sync(["Customer"]);
    expect(await reasons()).toEqual(["CONFLICT", "ERP008"]);
    const rejected = (await listed()).find(({ kind }) => kind === "REJECTED");
    await world.bus.call(sync.retryDeadLetter, world.context, { id: rejected?.id ?? "" });
    await eventually(async () => {
      const later = (await listed()).find(({ kind }) => kind === "REJECTED");
      expect(later?.id).not.toBe(rejected?.id);
    });
    expect(await letterOf("C-5")).toMatchObject({ id });

    // read while a push was under way
    await world.sql("update sync_engine.records set push_open = true where key = 'C-5'");
    theirs("Customer", "C-5", { name: "Theirs again", creditLimit: null });
    await world.sync(["Customer"]);
    await eventually(async () => expect(await reasons()).toEqual(["CONFLICT", "IN_FLIGHT"]));
    await world.sql("update sync_engine.records set push_open = false where key = 'C-5'");
    await eventually(async () => expect(await reasons()).toEqual(["CONFLICT"]));
    expect((await letterOf("C-5"))?.problem?.current).toMatchObject({ conflicts: [{ theirs: "Theirs again" }] });
    expect(await letterOf("C-5")).toMatchObject({ id });

    await world.sql("update sync_engine.work set due_at = now() where kind = 'push'");
    await world.main.settled(transactions[0]?.id, "parked");
    expect(world.main.documents("Customer", "C-5")).toMatchObject([{ name: "Theirs again" }]);
    const record = { ...(await world.record("Customer", "C-5")), name: "Decided" };
    await world.bus.call(sync.retryDeadLetter, world.context, { id, record });
    await eventually(() => expect(world.main.documents("Customer", "C-5")).toMatchObject([{ name: "Decided" }]));
  });

  it("SYN-10: a row that was renamed takes its new key once a person accepts it", async () => {
    await both("Part", "OLD-KEY");
    theirs("Part", "OLD-KEY", { partNumber: "NEW-KEY" });
    await world.sync(["Part"], "full");
    const letter = (await world.main.letters()).find(({ reason }) => reason === "KEY_CHANGED");
    expect(letter?.key).toBe("NEW-KEY");
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter?.id ?? "", accept: true });
    await eventually(async () => expect(await world.record("Part", "NEW-KEY")).toMatchObject({ name: "Old" }));
    expect(await world.sql("select key from sync_engine.records where deleted")).toEqual([{ key: "OLD-KEY" }]);
    await eventually(async () => expect(await world.main.letters()).toEqual([]));
    const [job] = await world.sync(["Part"], "full");
    expect(job).toMatchObject({ status: "completed", counts: { parked: 0, rejected: 0 } });
  });

  it("SYN-10: a second row of a key takes it over once a person accepts it", async () => {
    await both("Part", "TWO");
    // the first is not read again beside it
    world.erp.advance(120_000);
    await world.sync(["Part"]);
    const second = world.erp.insert("Part", { partNumber: "TWO", name: "Second" }).externalId;
    world.erp.advance(1_000);
    await world.sync(["Part"]);
    const letter = (await world.main.letters()).find(({ reason }) => reason === "DUPLICATE_KEY");
    expect(letter?.externalId).toBe(second);
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter?.id ?? "", accept: true });
    await eventually(async () => expect(await world.record("Part", "TWO")).toMatchObject({ name: "Second" }));
    await eventually(async () => expect(await world.main.letters()).toEqual([]));
    const { sync: state } = await world.view("Part", "TWO");
    expect(state[0]?.externalId).toBe(second);
    world.erp.remove("Part", ids.get("TWO") ?? "");
  });

  it("SYN-10: the first read under another mapping asks a person where its rule changed and the record differs", async () => {
    await both("Part", "P-1", { description: "Old", manufacturer: "M" });
    await both("Part", "P-2", { description: "Old", manufacturer: "M" });
    await ours("Part", "P-1", { description: "Ours" });
    const document = structuredClone(memory.mappings.Part) as unknown as { mappings: JsonObject[] };
    const rule = document.mappings.find((each) => each["mesField"] === "description");
    Object.assign(rule ?? {}, { erpField: "manufacturer", readOnly: true });
    world.main.setMapping("Part", 2, document as unknown as JsonObject);
    await world.sync(["Part"], "full");
    expect(await world.record("Part", "P-1")).toMatchObject({ description: "Ours" });
    expect(await world.record("Part", "P-2")).toMatchObject({ description: "M" });
    const letter = await letterOf("P-1");
    expect(letter?.problem).toMatchObject({
      code: "CONFLICT",
      current: { version: 2, conflicts: [{ field: "description", ours: "Ours", theirs: "M", before: "Old" }] },
    });
    // it stands as the same letter when the row is read again
    await world.sync(["Part"], "full");
    expect(await letterOf("P-1")).toMatchObject({ id: letter?.id, version: letter?.version });
    const record = { ...(await world.record("Part", "P-1")), description: "Decided" };
    await world.bus.call(sync.retryDeadLetter, world.context, { id: letter?.id ?? "", record });
    expect(await world.view("Part", "P-1")).toMatchObject({ version: 3, record: { description: "Decided" } });
    expect(await letterOf("P-1")).toBeUndefined();
    await world.sync(["Part"], "full");
    expect(await world.record("Part", "P-1")).toMatchObject({ description: "Decided" });
    expect(await letterOf("P-1")).toBeUndefined();
  });
});
