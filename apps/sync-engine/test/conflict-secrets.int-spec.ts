import { memory } from "@dovetail/adapter-memory";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { World } from "./world";

/** Tenants name members of `custom` as they like: a conflict in one lists values of both sides under its path. */
describe("values of a conflict", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open({
      Supplier: { direction: "inbound", fieldPolicy: { "*": "erp" } },
      Contact: { direction: "inbound", fieldPolicy: { "*": "manual" } },
    });
    for (const entity of ["Supplier", "Contact"] as const) world.main.setMapping(entity, 1, withSecrets(entity));
  });
  afterAll(() => world?.close());

  /** The memory ERP's mapping with two of its fields taken for secrets, and one as it may be shown. */
  function withSecrets(entity: EntityName): JsonObject {
    const document = structuredClone(memory.mappings[entity]) as unknown as JsonObject & { mappings: JsonObject[] };
    const names: Record<string, string> = {
      phone: "custom.portalPassword",
      email: "custom.token",
      website: "custom.tier",
    };
    for (const rule of document.mappings) {
      const name = names[String(rule["mesField"])];
      if (name) rule["mesField"] = name;
    }
    return document;
  }

  async function differ(entity: EntityName, body: JsonObject): Promise<void> {
    const theirs = (side: string) => ({ phone: `${side} word`, email: `${side} token`, website: `${side} tier` });
    const { externalId } = world.erp.insert(entity, { ...body, name: "N", ...theirs("old") });
    world.erp.advance(1_000);
    await world.sync([entity]);
    const custom = { portalPassword: "our word", token: "our token", tier: "our tier" };
    const key = String(Object.values(body)[0]);
    await world.main.write({ entityType: entity, key, op: "patch", body: { custom } });
    world.erp.mutate(entity, externalId, theirs("their"));
    world.erp.advance(1_000);
    await world.sync([entity]);
  }

  it("SYN-10: a member whose name tells of a secret shows of no side, in an open conflict and in a settled one", async () => {
    await differ("Contact", { contactNumber: "C-1" });
    await differ("Supplier", { supplierNumber: "S-1" });
    const [open] = await world.main.letters();
    const [settled] = await world.main.letters("RESOLVED");
    expect(open?.problem?.current).toMatchObject({
      conflicts: expect.arrayContaining([
        { field: "custom.token", ours: "***", theirs: "***", before: "***" },
        { field: "custom.portalPassword", ours: "***", theirs: "***", before: "***" },
        { field: "custom.tier", ours: "our tier", theirs: "their tier", before: "old tier" },
      ]) as unknown,
    });
    expect(settled?.payload).toMatchObject({
      fields: expect.arrayContaining([
        expect.objectContaining({ field: "custom.token", ours: "***", theirs: "***", before: "***" }),
        expect.objectContaining({ field: "custom.tier", ours: "our tier", theirs: "their tier" }),
      ]) as unknown,
    });
    expect(JSON.stringify([open, settled])).not.toMatch(/(?:old|our|their) (?:word|token)/);
  });
});
