import type { Job } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { World } from "./world";

const sumOf = ({ counts }: Job) => counts.created + counts.updated + counts.unchanged + counts.rejected + counts.parked;

describe("SYN-5: bad rows of a pull", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({ Supplier: { pageSize: 7 }, Part: {} });
  });
  afterAll(() => world?.close());

  const supplier = (part: JsonObject): JsonObject => ({ ...world.erp.newBody("Supplier"), ...part });
  const put = (part: JsonObject, options = {}) => world.erp.insert("Supplier", supplier(part), options).externalId;

  it("SYN-4, SYN-5: are listed with field, rule and code; every other row arrives; read is the sum", async () => {
    world.erp.seedRows("Supplier", 20);
    const bad: Record<string, string> = {
      [put({ active: "perhaps" })]: "active",
      [put({ supplierNumber: null })]: "supplierNumber",
      [put({ name: "a\0b" })]: "name",
      [put({ name: "half \ud800" })]: "name",
      [put({ supplierNumber: "nul\0" })]: "supplierNumber",
      [put({ supplierNumber: "half\udc00" })]: "supplierNumber",
      [put({ supplierNumber: "a\nb" })]: "supplierNumber",
      [put({ supplierNumber: "k".repeat(201) })]: "supplierNumber",
      [put({ name: "x".repeat(10 * 1024 * 1024) })]: "name",
    };
    world.erp.seedRows("Supplier", 5);
    const [job] = await world.sync(["Supplier"]);
    expect(job).toMatchObject({ status: "completed", problem: null });
    const letters = await world.main.letters();
    const listed = Object.fromEntries(letters.map((l) => [l.externalId ?? "", l.problem?.errors?.[0]?.field ?? ""]));
    expect(listed).toEqual(bad);
    expect(job?.counts.rejected).toBe(letters.length);
    expect(letters.every((letter) => letter.kind === "REJECTED" && letter.problem?.code === "ERP008")).toBe(true);
    expect(letters).toHaveLength(9);
    expect(job?.counts).toMatchObject({ read: 34, created: 25, rejected: 9 });
    expect(sumOf(job as Job)).toBe(34);
  });

  it("are settled by a later read of the same row once they are mended", async () => {
    const before = await world.main.letters();
    const id = before.find((letter) => letter.problem?.errors?.[0]?.field === "active")?.externalId ?? "";
    world.erp.mutate("Supplier", id, { active: true });
    world.erp.advance(2_000);
    await world.sync(["Supplier"]);
    expect((await world.main.letters()).some((letter) => letter.externalId === id)).toBe(false);
    const settled = await world.main.letters("RESOLVED");
    expect(settled.find((letter) => letter.externalId === id)).toMatchObject({ kind: "REJECTED" });
  });

  it("SYN-4: repeat a key: the same content is unchanged, other content is rejected duplicateKey", async () => {
    const first = supplier({ supplierNumber: "TWICE", name: "One" });
    const at = world.erp.insert("Part", { ...world.erp.newBody("Part"), partNumber: "P" }).externalId;
    world.erp.insert("Part", { ...world.erp.newBody("Part"), partNumber: "P", description: "another" });
    const [parts] = await world.sync(["Part"]);
    expect(parts?.counts).toMatchObject({ read: 2, created: 1, rejected: 1 });
    const letter = (await world.main.letters()).find((each) => each.entityType === "Part");
    expect(letter?.problem?.errors?.[0]).toMatchObject({ rule: "duplicateKey" });
    expect(letter?.externalId).not.toBe(at);
    expect(first).toBeDefined();
    world.erp.faults.duplicateRows = true;
    const [again] = await world.sync(["Part"], "full");
    world.erp.faults.clear();
    // One of both is linked by now: it is the record's, and the other one claims its key.
    expect(again?.counts).toMatchObject({ read: 3, unchanged: 2, rejected: 0, parked: 1 });
    const letters = (await world.main.letters()).filter((each) => each.entityType === "Part");
    expect(letters).toMatchObject([{ reason: "DUPLICATE_KEY", externalId: letter?.externalId }]);
  });

  it("come with ids and versions that no index or page format can take", async () => {
    const odd = { externalId: "x".repeat(5000) };
    put({ supplierNumber: "LONG-ID" }, odd);
    put({ supplierNumber: "ODD-VERSION" }, { version: "v\n2" });
    const [job] = await world.sync(["Supplier"], "full");
    expect(job).toMatchObject({ status: "completed" });
    expect(sumOf(job as Job)).toBe(job?.counts.read);
    const page = await world.sql<{ erp_version: string }>(
      "select erp_version from sync_engine.records where key = 'ODD-VERSION'",
    );
    expect(page).toHaveLength(1);
    const shifted = await world.sql("select key from sync_engine.records where erp_version = '2'");
    expect(shifted).toEqual([]);
  });
});
