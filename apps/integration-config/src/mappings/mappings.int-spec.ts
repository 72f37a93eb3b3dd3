import { integrationConfig, ProblemError, type CallContext, type PutMapping } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { auditOf, create, newTenant, problemOf, startHarness, type Harness } from "../../test/harness";

let h: Harness;
let ctx: CallContext;

beforeAll(async () => {
  h = await startHarness();
});
afterAll(() => h?.stop());
beforeEach(async () => {
  ctx = newTenant();
  h.erp.fields = async () => ["PO_NUM", "PO_TOTAL", "VENDOR"].map((name) => ({ name, type: "char" }));
  await create(h.bus, ctx, "impact");
});

const NUMBER = { mesField: "poNumber", erpField: "PO_NUM", dataType: "string", isRequired: true };
const of = (...mappings: JsonObject[]): JsonObject => ({ mappings: [NUMBER, ...mappings] });
const order = { integration: "impact", entityType: "PurchaseOrder" } as const;
const input = (document: JsonObject, more: Partial<PutMapping> = {}): PutMapping => ({ ...order, document, ...more });
const put = (document: JsonObject, more: Partial<PutMapping> = {}) =>
  h.bus.call(integrationConfig.putMapping, ctx, input(document, more));
const refused = (document: JsonObject, more: Partial<PutMapping> = {}) =>
  problemOf(h.bus, integrationConfig.putMapping, ctx, input(document, more));
const get = (version?: number) =>
  h.bus.call(integrationConfig.mapping, ctx, { ...order, ...(version === undefined ? {} : { version }) });
const total = (erpField: string): JsonObject => ({ mesField: "totalAmount", erpField, dataType: "decimal" });

describe("storing a mapping", () => {
  it("makes the next version; earlier ones stay", async () => {
    const template = await get();
    expect(await put(of(total("PO_TOTAL")))).toEqual({ version: 2, stage: "production", warnings: [] });
    expect(await put(of())).toMatchObject({ version: 3 });
    expect(await get()).toMatchObject({ version: 3, origin: "tenant", createdBy: "ada", document: of() });
    expect(await get(2)).toMatchObject({ document: of(total("PO_TOTAL")) });
    expect(await get(1)).toEqual(template);
    const versions = await h.bus.call(integrationConfig.mappingVersions, ctx, order);
    expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    const newest = await h.bus.call(integrationConfig.mappings, ctx, { integration: "impact" });
    expect(newest.map(({ entityType, version }) => `${entityType} ${version}`).sort()).toEqual([
      "PurchaseOrder 3",
      "Supplier 1",
    ]);
    expect(await auditOf(h, ctx)).toMatchObject([
      { action: "INTEGRATION_CREATE" },
      { action: "MAPPING_UPDATE", subject: "impact/PurchaseOrder", previous: { version: 1 }, next: { version: 2 } },
      { action: "MAPPING_UPDATE", previous: { version: 2 }, next: { version: 3 } },
    ]);
  });

  it("takes aliases, and the same document again for the same version", async () => {
    const alias = { platformField: "totalAmount", sourceField: "PO_TOTAL", required: false, default: "0" };
    expect(await put(of(alias))).toMatchObject({ version: 2 });
    const stored = { mesField: "totalAmount", erpField: "PO_TOTAL", isRequired: false, defaultValue: "0" };
    expect(await put(of(stored))).toMatchObject({ version: 2 });
    expect((await get()).document).toEqual({ integrationId: "impact", entityType: "PurchaseOrder", ...of(stored) });
  });

  it("takes expressions", async () => {
    const upper = {
      mesField: "vendorName",
      erpField: "VENDOR",
      transformation: "value.toUpperCase()",
      direction: "inbound",
    };
    expect(await put(of(upper))).toMatchObject({ version: 2 });
    const problem = await refused(of({ ...upper, transformation: "value.(" }));
    expect(problem).toMatchObject({ code: "ERP003", errors: [{ field: "mappings[1].transformation" }] });
  });

  it("takes the first mapping of an entity without a template", async () => {
    const document = { mappings: [{ mesField: "partNumber", erpField: "VENDOR", isRequired: true }] };
    expect(await put(document, { entityType: "Part", ifVersion: 0 })).toMatchObject({ version: 1 });
  });

  it("names field, rule and value of what is wrong, and what was meant", async () => {
    const problem = await refused(of(total("PO_TOTL")));
    expect(problem).toMatchObject({
      code: "ERP003",
      status: 422,
      errors: [{ field: "mappings[1].erpField", rule: "exists", value: "PO_TOTL", code: "ERP003" }],
    });
    expect(problem.resolution).toContain("Did you mean PO_TOTAL?");
    expect(await refused(of({ mesField: "totlAmount", erpField: "PO_TOTAL" }))).toMatchObject({
      code: "ERP003",
      errors: [{ field: "mappings[1].mesField", value: "totlAmount" }],
      resolution: expect.stringContaining("Did you mean totalAmount?"),
    });
    expect(await get()).toMatchObject({ version: 1 });
  });

  it.each<[string, JsonObject, Partial<PutMapping>, string]>([
    ["an entity that the system lacks", of(), { entityType: "Ticket" }, "entityType"],
    ["a document of another integration", { ...of(), integrationId: "sap" }, {}, "integrationId"],
    ["a document of another entity", { ...of(), entityType: "Part" }, {}, "entityType"],
    ["an unknown transform", of({ ...total("PO_TOTAL"), transform: [{ name: "RUOND" }] }), {}, "mappings[1].transform"],
  ])("refuses %s", async (_what, document, more, field) => {
    const problem = await refused(document, more);
    expect(problem).toMatchObject({ code: "ERP003", status: 422 });
    expect(problem.errors?.[0]?.field).toContain(field);
  });

  it("warns when the ERP cannot be asked", async () => {
    h.erp.fields = async () => {
      throw new ProblemError("ERP001", "the ERP did not answer");
    };
    const saved = await put(of(total("PO_TOTL")));
    expect(saved).toMatchObject({ version: 2, warnings: [expect.stringContaining("the ERP did not answer")] });
    h.erp.fields = async () => [];
    expect((await put(of(total("PO_TTL")))).warnings).toEqual([expect.stringContaining("not checked")]);
  });

  it("refuses another version than the newest, with that one", async () => {
    await put(of(total("PO_TOTAL")), { ifVersion: 1 });
    const problem = await refused(of(), { ifVersion: 1 });
    expect(problem).toMatchObject({ code: "STALE", status: 412, current: { version: 2, entityType: "PurchaseOrder" } });
    const part = { mappings: [{ mesField: "partNumber", erpField: "VENDOR" }] };
    expect(await refused(part, { entityType: "Part", ifVersion: 4 })).toMatchObject({ code: "STALE" });
  });

  it("gives two at once two versions", async () => {
    const saved = await Promise.all([put(of(total("PO_TOTAL"))), put(of())]);
    expect(saved.map(({ version }) => version).sort()).toEqual([2, 3]);
  });
});

describe("reading a mapping", () => {
  it("says when there is none", async () => {
    const missing = [
      { ...order, version: 9 },
      { ...order, entityType: "Part" as const },
      { ...order, integration: "nobody" },
    ];
    for (const reference of missing)
      expect(await problemOf(h.bus, integrationConfig.mapping, ctx, reference)).toMatchObject({ code: "NOT_FOUND" });
    expect(await refused(of(), { integration: "nobody" })).toMatchObject({ code: "NOT_FOUND" });
    const unknown = { integration: "impact", entityType: "Planet" } as never;
    expect(await problemOf(h.bus, integrationConfig.mapping, ctx, unknown)).toMatchObject({ code: "ERP008" });
  });
});
