import { integrationConfig, type CallContext, type Integration } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { acme, auditOf, BOX, create, newTenant, problemOf, startHarness, type Harness } from "../../test/harness";

let h: Harness;
let ctx: CallContext;

beforeAll(async () => {
  h = await startHarness();
});
afterAll(() => h?.stop());
beforeEach(() => {
  ctx = newTenant();
});

/** An integration of Acme's files, without credentials. */
const files = (name: string, more: JsonObject = {}): Promise<Integration> => {
  const integration = { name, erpSystem: "ACME", connectionMethod: "FILE", settings: { root: "/x" }, ...more };
  return h.bus.call(integrationConfig.create, ctx, { integration } as never);
};
const update = (patch: JsonObject, more: object = {}) =>
  h.bus.call(integrationConfig.update, ctx, { id: "acme", patch, ...more });
const refusedPatch = (patch: JsonObject, more: object = {}) =>
  problemOf(h.bus, integrationConfig.update, ctx, { id: "acme", patch, ...more });
const versions = async (entityType: "PurchaseOrder" | "Supplier" | "Port") =>
  (await h.bus.call(integrationConfig.mappingVersions, ctx, { integration: "acme", entityType })).map(
    ({ version, origin, document }) => ({
      version,
      origin,
      field: (document["mappings"] as JsonObject[])[0]?.["erpField"],
    }),
  );

describe("the connection method picks the adapter", () => {
  it("at creation; the system stays the customer's", async () => {
    const made = await files("acme");
    expect(made).toMatchObject({
      erpSystem: "ACME",
      connectionMethod: "FILE",
      authMethod: "NONE",
      adapter: { system: "FILE", version: 1 },
    });
    expect(Object.keys(made.entities).sort()).toEqual(["Port", "PurchaseOrder", "Supplier"]);
    expect(await versions("PurchaseOrder")).toEqual([{ version: 1, origin: "template", field: "no" }]);
    const own = await create(h.bus, ctx, "own", { entities: {} });
    expect(own).toMatchObject({ connectionMethod: "API", adapter: { system: "ACME", version: 2 } });
  });

  it("refuses what nothing serves, and says what there is", async () => {
    const problem = await problemOf(h.bus, integrationConfig.create, ctx, acme("acme", { erpSystem: "SAP" }));
    expect(problem).toMatchObject({ code: "ERP008", status: 422, errors: [{ field: "erpSystem", rule: "exists" }] });
    expect(problem.detail).toContain("there are ACME (API), and any system by FILE");
  });

  it("judges settings and credentials by the adapter that is picked", async () => {
    const integration = { name: "acme", erpSystem: "ACME", connectionMethod: "FILE", settings: { database: "o14" } };
    const credentials = { box: BOX, summary: { set: ["apiToken"] } };
    const problem = await problemOf(h.bus, integrationConfig.create, ctx, { integration, credentials } as never);
    expect(problem.errors?.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "settings.root required",
      "settings.database unknownMember",
      "apiToken unknownMember",
    ]);
  });

  it("and mappings are stored for its entities", async () => {
    await files("acme");
    const put = { integration: "acme", entityType: "Part" as const, document: { mappings: [] } };
    const problem = await problemOf(h.bus, integrationConfig.putMapping, ctx, put);
    expect(problem).toMatchObject({ code: "ERP003", detail: "FILE does not offer Part" });
  });
});

describe("a template", () => {
  it("makes an integration with its schedule, entities and mappings of version 1", async () => {
    const made = await files("acme", { template: "acme-files" });
    expect(made).toMatchObject({
      authMethod: "NONE",
      syncSchedule: { enabled: true, interval: "@hourly" },
      settings: { root: "/x" },
      entities: { Supplier: { direction: "both", master: true, schedule: "0 2 * * *", pageSize: 100 } },
    });
    expect(made).not.toHaveProperty("template");
    expect(await versions("PurchaseOrder")).toEqual([{ version: 1, origin: "template", field: "ORDER" }]);
    expect(await versions("Port")).toEqual([{ version: 1, origin: "template", field: "locode" }]);
  });

  it("says what it leaves open", async () => {
    const integration = { name: "acme", erpSystem: "ACME", template: "acme-files" };
    const problem = await problemOf(h.bus, integrationConfig.create, ctx, { integration } as never);
    expect(problem.errors).toMatchObject([{ field: "settings.root", rule: "required" }]);
  });
});

describe("another connection method", () => {
  it("begins anew: settings, credentials and mappings are those of the other adapter", async () => {
    await create(h.bus, ctx, "acme", { entities: { Supplier: {}, PurchaseOrder: {} }, description: "kept" });
    const moved = await update({ connectionMethod: "FILE", settings: { root: "/x" } });
    expect(moved).toMatchObject({
      version: 2,
      erpSystem: "ACME",
      description: "kept",
      connectionMethod: "FILE",
      apiEndpoint: null,
      authMethod: "NONE",
      settings: { root: "/x" },
      credentials: { set: [], updatedAt: null },
      adapter: { system: "FILE", version: 1 },
    });
    expect(moved.settings).not.toHaveProperty("database");
    expect(Object.keys(moved.entities).sort()).toEqual(["PurchaseOrder", "Supplier"]);
    const { sealed, integration } = await h.bus.call(integrationConfig.connection, ctx, { id: "acme" });
    expect({ sealed, adapter: integration.adapter.system }).toEqual({ sealed: null, adapter: "FILE" });
    expect(await versions("PurchaseOrder")).toEqual([
      { version: 2, origin: "template", field: "no" },
      { version: 1, origin: "template", field: "PO_NUM" },
    ]);
    // Nobody maps suppliers from files: the version for the API is the last one.
    expect(await versions("Supplier")).toHaveLength(1);
    expect((await auditOf(h, ctx)).at(-1)).toMatchObject({
      action: "INTEGRATION_UPDATE",
      previous: { adapter: { system: "ACME" } },
      next: { adapter: { system: "FILE" } },
    });
  });

  it("takes its credentials along, and goes back", async () => {
    await create(h.bus, ctx, "acme", { entities: { Supplier: {} } });
    const box = { v: 1, ct: "ZmlsZXM" };
    const credentials = { box, summary: { set: ["apiPassword"] } };
    const patch = { connectionMethod: "FILE", authMethod: "BASIC", settings: { root: "/x" } };
    const moved = await update(patch, { credentials });
    expect(moved).toMatchObject({ authMethod: "BASIC", credentials: { set: ["apiPassword"] } });
    expect((await h.bus.call(integrationConfig.connection, ctx, { id: "acme" })).sealed).toEqual(box);
    const api = { connectionMethod: "API", apiEndpoint: "https://erp.example.com", settings: { database: "o14" } };
    expect(await update(api)).toMatchObject({ adapter: { system: "ACME", version: 2 }, credentials: { set: [] } });
    expect((await versions("PurchaseOrder")).map(({ field }) => field)).toEqual(["PO_NUM", "no", "PO_NUM"]);
  });

  it("is refused where nothing serves it, and with entities or settings that it does not have", async () => {
    await create(h.bus, ctx, "acme");
    expect(await refusedPatch({ connectionMethod: "DATABASE" })).toMatchObject({
      code: "ERP008",
      errors: [{ field: "erpSystem", rule: "exists" }],
    });
    const wrong = await refusedPatch({ connectionMethod: "FILE", settings: { database: "o14" } });
    expect(wrong.errors?.map(({ field }) => field)).toEqual(["settings.root", "settings.database", "entities.Part"]);
    expect(await h.bus.call(integrationConfig.get, ctx, { id: "acme" })).toMatchObject({ version: 1 });
  });

  it("with a template begins with what that says, under what the patch says", async () => {
    await create(h.bus, ctx, "acme", { entities: { Supplier: {} }, syncSchedule: { enabled: false } });
    const moved = await update({ template: "acme-files", settings: { root: "/x" }, entities: { Port: null } });
    expect(moved).toMatchObject({
      connectionMethod: "FILE",
      adapter: { system: "FILE" },
      settings: { root: "/x" },
      syncSchedule: { enabled: true, interval: "@hourly" },
      entities: { Supplier: { direction: "both", schedule: "0 2 * * *" }, PurchaseOrder: { master: true } },
    });
    expect(moved.entities.Port).toBeUndefined();
    expect((await versions("PurchaseOrder")).map(({ field }) => field)).toEqual(["ORDER", "PO_NUM"]);
    expect((await versions("Port")).map(({ field }) => field)).toEqual(["locode"]);
    // Once more: of the same adapter only the template's own mappings are new.
    await update({ template: "acme-files", description: "again" });
    expect(await versions("PurchaseOrder")).toHaveLength(3);
    expect(await versions("Port")).toHaveLength(1);
  });

  it("that is the same one changes nothing", async () => {
    const made = await create(h.bus, ctx, "acme");
    expect(await update({ connectionMethod: "API" })).toEqual(made);
  });

  it("judges new credentials by the adapter as it is", async () => {
    await files("acme");
    const credentials = { box: BOX, summary: { set: ["clientSecret"] } };
    expect(await refusedPatch({}, { credentials })).toMatchObject({ errors: [{ field: "clientSecret" }] });
  });
});
