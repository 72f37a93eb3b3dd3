import { integrationConfig, type CallContext } from "@dovetail/contracts";
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

const refused = (name: string, more: JsonObject) => problemOf(h.bus, integrationConfig.create, ctx, acme(name, more));
const get = (id: string) => h.bus.call(integrationConfig.get, ctx, { id });
const connection = (id: string) => h.bus.call(integrationConfig.connection, ctx, { id });

describe("creating", () => {
  it("answers the document with defaults, without secrets", async () => {
    const made = await create(h.bus, ctx, "odoo-demo", { description: "Demo" });
    expect(made).toMatchObject({
      name: "odoo-demo",
      erpSystem: "ACME",
      description: "Demo",
      critical: false,
      connectionMethod: "API",
      authMethod: "BASIC",
      status: "ACTIVE",
      version: 1,
      credentials: { set: ["apiUsername", "apiPassword"], updatedAt: expect.stringMatching(/Z$/) },
      adapter: { system: "ACME", version: 2 },
    });
    expect(Object.keys(made.entities).sort()).toEqual(["Part", "PurchaseOrder", "Supplier"]);
    expect(JSON.stringify(made)).not.toContain(BOX.ct);
    for (const id of [made.id, made.name]) expect(await get(id)).toEqual(made);
    expect(await connection(made.id)).toEqual({ integration: made, sealed: BOX, deleted: false });
  });

  it("stores the templates as first versions", async () => {
    const made = await create(h.bus, ctx, "odoo-demo");
    const mappings = await h.bus.call(integrationConfig.mappings, ctx, { integration: "odoo-demo" });
    expect(mappings.map(({ entityType }) => entityType).sort()).toEqual(["PurchaseOrder", "Supplier"]);
    for (const mapping of mappings)
      expect(mapping).toMatchObject({ integrationId: made.id, version: 1, origin: "template", stage: "production" });
    expect(mappings[0]?.document["integrationId"]).toBe("odoo-demo");
  });

  it("needs no credentials", async () => {
    const { integration } = acme("bare");
    const made = await h.bus.call(integrationConfig.create, ctx, { integration });
    expect(made.credentials).toEqual({ set: [], updatedAt: null });
    expect((await connection("bare")).sealed).toBeNull();
  });

  it("refuses a name that is taken, also of two at once", async () => {
    const both = await Promise.allSettled([create(h.bus, ctx, "odoo-demo"), create(h.bus, ctx, "odoo-demo")]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await refused("odoo-demo", {})).toMatchObject({ code: "CONFLICT", status: 409 });
  });

  it("refuses an unknown system", async () => {
    const problem = await refused("odoo-demo", { erpSystem: "ACNE" });
    expect(problem).toMatchObject({ code: "ERP008", status: 422, errors: [{ field: "erpSystem", rule: "exists" }] });
  });

  it.each<[string, JsonObject, string]>([
    ["a name that is none", { name: "Odoo Demo" }, "integration.name"],
    ["an unknown member", { erpSistem: "ACME" }, "integration.erpSistem"],
    ["an unknown entity", { entities: { Invoce: {} } }, "entities.Invoce"],
    ["an unknown direction", { entities: { Part: { direction: "up" } } }, "entities.Part.direction"],
    ["no owner", { entities: { Part: { direction: "both", master: false } } }, "entities.Part.direction"],
    ["nonsense as schedule", { syncSchedule: { interval: "often" } }, "syncSchedule.interval"],
    ["an auth method the system lacks", { authMethod: "SSH_KEY" }, "authMethod"],
    ["a missing setting", { settings: {} }, "settings.database"],
    ["limits out of range", { limits: { perMinute: 0 } }, "integration.limits.perMinute"],
  ])("refuses %s", async (_what, more, field) => {
    expect(await refused("odoo-demo", more)).toMatchObject({ code: "ERP008", status: 422, errors: [{ field }] });
  });

  it("refuses a second master and prefixes that overlap, also of two at once", async () => {
    const owner = (name: string, settings: JsonObject) => create(h.bus, ctx, name, { entities: { Part: settings } });
    const both = await Promise.allSettled([owner("a", { master: true }), owner("b", { master: true })]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const problem = await refused("c", { entities: { Part: { master: true } } });
    expect(problem).toMatchObject({ code: "ERP008", errors: [{ field: "entities.Part.master", rule: "twoMasters" }] });
    expect(problem.detail).toContain("two masters");
    await owner("d", { keyPrefix: "EU-" });
    const overlap = await refused("e", { entities: { Part: { keyPrefix: "EU-1" } } });
    expect(overlap.errors).toMatchObject([{ field: "entities.Part.keyPrefix", rule: "overlap" }]);
    const second = await create(h.bus, ctx, "f");
    expect(second.entities.Part).toMatchObject({ direction: "outbound", master: false });
  });
});

describe("listing", () => {
  it("pages by name, of one system where asked", async () => {
    for (const name of ["c", "a", "b"]) await create(h.bus, ctx, name, { entities: {} });
    const first = await h.bus.call(integrationConfig.list, ctx, { limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(["a", "b"]);
    const next = await h.bus.call(integrationConfig.list, ctx, { limit: 2, cursor: first.next ?? "" });
    expect(next).toMatchObject({ items: [{ name: "c" }], next: null });
    expect((await h.bus.call(integrationConfig.list, ctx, { erpSystem: "ACME" })).items).toHaveLength(3);
    expect((await h.bus.call(integrationConfig.list, ctx, { erpSystem: "ODOO" })).items).toEqual([]);
    expect(await problemOf(h.bus, integrationConfig.list, ctx, { cursor: "?" })).toMatchObject({ code: "ERP008" });
  });
});

describe("changing", () => {
  const update = (patch: JsonObject, more: object = {}) =>
    h.bus.call(integrationConfig.update, ctx, { id: "odoo-demo", patch, ...more });

  it("merges a patch into the next version", async () => {
    const made = await create(h.bus, ctx, "odoo-demo", { description: "Demo", settings: { database: "a", pages: 3 } });
    const changed = await update({
      description: null,
      settings: { pages: null, mode: "slow" },
      limits: { perMinute: 5 },
    });
    expect(changed).toMatchObject({ version: 2, description: "", settings: { database: "a", mode: "slow" } });
    expect(changed.limits).toEqual({ perMinute: 5 });
    expect(changed.settings).not.toHaveProperty("pages");
    expect(changed.credentials).toEqual(made.credentials);
    expect(await get(made.id)).toEqual(changed);
  });

  it("makes no version of a patch that changes nothing", async () => {
    await create(h.bus, ctx, "odoo-demo", { description: "Demo" });
    expect(await update({ description: "Demo", entities: { Part: { pageSize: 1000 } } })).toMatchObject({ version: 1 });
    expect(await auditOf(h, ctx)).toHaveLength(1);
  });

  it("replaces credentials when they are given", async () => {
    await create(h.bus, ctx, "odoo-demo");
    const box = { v: 1, ct: "bmV3" };
    const changed = await update({}, { credentials: { box, summary: { set: ["apiToken"] } } });
    expect(changed).toMatchObject({ version: 2, credentials: { set: ["apiToken"] } });
    expect((await connection("odoo-demo")).sealed).toEqual(box);
    const wrong = { id: "odoo-demo", patch: {}, credentials: { box, summary: { set: ["hunter2"] } } };
    expect(JSON.stringify(await problemOf(h.bus, integrationConfig.update, ctx, wrong))).not.toContain("hunter2");
  });

  it("refuses another version than the current one, with the current state", async () => {
    const made = await create(h.bus, ctx, "odoo-demo");
    await update({ critical: true }, { ifVersion: 1 });
    const late = { id: "odoo-demo", patch: { critical: false }, ifVersion: 1 };
    const problem = await problemOf(h.bus, integrationConfig.update, ctx, late);
    expect(problem).toMatchObject({ code: "STALE", status: 412, current: { id: made.id, version: 2, critical: true } });
  });

  it("refuses what creating refuses, and what nobody has", async () => {
    await create(h.bus, ctx, "odoo-demo");
    const patch = { entities: { Part: { master: false } } };
    const problem = await problemOf(h.bus, integrationConfig.update, ctx, { id: "odoo-demo", patch });
    expect(problem).toMatchObject({
      code: "ERP008",
      errors: [{ field: "entities.Part.direction", rule: "ownership" }],
    });
    const nobody = { id: "nobody", patch: {} };
    expect(await problemOf(h.bus, integrationConfig.update, ctx, nobody)).toMatchObject({ code: "NOT_FOUND" });
  });

  it("lets a second integration become master after the first gave it up", async () => {
    await create(h.bus, ctx, "odoo-demo");
    await create(h.bus, ctx, "second");
    const take = { id: "second", patch: { entities: { Part: { direction: "both" } } } };
    expect(await problemOf(h.bus, integrationConfig.update, ctx, take)).toMatchObject({ code: "ERP008" });
    await update({ entities: { Part: { direction: "outbound" } } });
    const taken = await h.bus.call(integrationConfig.update, ctx, take);
    expect(taken.entities.Part).toMatchObject({ direction: "both", master: true });
  });

  it("sets the status once", async () => {
    await create(h.bus, ctx, "odoo-demo");
    const set = (status: "ACTIVE" | "DISABLED" | "PAUSED") =>
      h.bus.call(integrationConfig.setStatus, ctx, { id: "odoo-demo", status });
    for (const status of ["PAUSED", "PAUSED", "ACTIVE", "DISABLED", "ACTIVE"] as const)
      expect(await set(status)).toMatchObject({ status });
    expect(await get("odoo-demo")).toMatchObject({ version: 5 });
    const actions = (await auditOf(h, ctx)).map(({ action }) => action);
    expect(actions).toEqual(["INTEGRATION_CREATE", "PAUSE", "RESUME", "DISABLE", "ENABLE"]);
  });
});

describe("deleting", () => {
  const remove = (more: object = {}) => h.bus.call(integrationConfig.remove, ctx, { id: "odoo-demo", ...more });

  it("hides the integration, erases its credentials, frees its name and claims", async () => {
    const made = await create(h.bus, ctx, "odoo-demo");
    const early = { id: "odoo-demo", ifVersion: 7 };
    expect(await problemOf(h.bus, integrationConfig.remove, ctx, early)).toMatchObject({ code: "STALE" });
    expect(await remove({ ifVersion: 1 })).toEqual({});
    expect(await problemOf(h.bus, integrationConfig.get, ctx, { id: made.id })).toMatchObject({ code: "NOT_FOUND" });
    expect(await problemOf(h.bus, integrationConfig.remove, ctx, { id: made.id })).toMatchObject({ code: "NOT_FOUND" });
    expect((await h.bus.call(integrationConfig.list, ctx, {})).items).toEqual([]);
    const gone = {
      deleted: true,
      sealed: null,
      integration: { version: 2, credentials: { set: [], updatedAt: null } },
    };
    for (const id of [made.id, made.name]) expect(await connection(id)).toMatchObject(gone);
    const again = await create(h.bus, ctx, "odoo-demo");
    expect(again.id).not.toBe(made.id);
    expect(again.entities.Part).toMatchObject({ master: true });
    expect(await connection("odoo-demo")).toMatchObject({ deleted: false, integration: { id: again.id } });
    expect(await connection(made.id)).toMatchObject(gone);
  });
});
