import { type Adapter, type ConnectionTemplate, validateConfig } from "@dovetail/adapter-sdk";
import { ADAPTERS } from "./adapters";
import { adapterOf, placeholdersOf, TEMPLATES, templatesFor } from "./templates";

const names = (templates: readonly ConnectionTemplate[]) => templates.map(({ name }) => name);

type EntityName = keyof Adapter["entities"];

describe("templates", () => {
  it("have names of their own", () => {
    expect(new Set(names(TEMPLATES)).size).toBe(TEMPLATES.length);
    for (const { name } of TEMPLATES) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it("are there for every adapter, by its own method", () => {
    const without = ADAPTERS.filter(
      (adapter) =>
        !TEMPLATES.some((template) => template.system === adapter.system && adapterOf(template).adapter === adapter),
    );
    expect(without.map(({ system }) => system)).toEqual([]);
  });

  it("stand beside the adapter whose system they are for", () => {
    for (const adapter of ADAPTERS)
      for (const { system } of adapter.templates ?? []) expect(system).toBe(adapter.system);
  });

  it.each(TEMPLATES.map((template) => [template.name, template] as const))("%s fits its adapter", (_name, template) => {
    const { adapter } = adapterOf(template);
    expect(adapter.auth).toContain(template.authMethod);
    for (const [entity, { direction }] of Object.entries(template.entities)) {
      const port = adapter.entities[entity as EntityName];
      expect([entity, direction !== "outbound" || !!port?.push, direction === "outbound" || !!port?.pull]).toEqual([
        entity,
        true,
        true,
      ]);
      expect(template.mappings[entity as EntityName] ?? adapter.mappings[entity as EntityName]).toBeDefined();
    }
    for (const [entity, document] of Object.entries(template.mappings)) expect(document.entityType).toBe(entity);
    const { fields } = adapter.connection;
    const settings = {
      fields: fields.filter((field) => field.in === "settings" && template.settings[field.name] !== undefined),
    };
    expect(validateConfig(settings, template.settings)).toMatchObject({ ok: true });
    expect(JSON.parse(JSON.stringify(template))).toEqual(template);
  });

  it("of a system come before those for any system", () => {
    const odoo = names(templatesFor("ODOO"));
    expect(odoo.slice(0, 2)).toEqual(["odoo-api", "odoo-csv-export"]);
    expect(odoo).toContain("file-purchasing-csv");
    expect(names(templatesFor("ODOO", "API"))).toEqual(["odoo-api"]);
    expect(names(templatesFor("SAP", "FILE"))).toEqual([
      "file-purchasing-csv",
      "file-purchasing-xml",
      "file-purchasing-fixed",
    ]);
    expect(names(templatesFor("FILE")).every((name) => name.startsWith("file-"))).toBe(true);
    expect(templatesFor("SAP", "API")).toEqual([]);
  });

  it("leave open what only the customer knows", () => {
    const open = (name: string) => {
      const template = TEMPLATES.find((one) => one.name === name) as ConnectionTemplate;
      return placeholdersOf(template, adapterOf(template).adapter);
    };
    expect(open("odoo-api").map(({ field }) => field)).toEqual([
      "apiEndpoint",
      "settings.database",
      "apiUsername",
      "apiPassword",
    ]);
    expect(open("odoo-api").at(-1)).toMatchObject({ secret: true, label: "Password" });
    expect(open("odoo-csv-export").map(({ field, example }) => [field, example])).toEqual([
      ["settings.root", "/srv/erp-exchange"],
    ]);
    expect(open("database-purchasing-oracle").map(({ field }) => field)).toEqual([
      "settings.host",
      "settings.database",
      "apiUsername",
      "apiPassword",
    ]);
  });
});

it("Oracle's names are as its catalog has them", () => {
  const oracle = TEMPLATES.find(({ name }) => name === "database-purchasing-oracle");
  const views = oracle?.settings["views"] as unknown[];
  expect(views[2]).toMatchObject({ view: "DOVETAIL_ORDERS", key: ["PO_NUMBER"], watermark: "MODIFIED_AT" });
  expect(oracle?.mappings.PurchaseOrder?.mappings[0]?.erpField).toBe("PO_NUMBER");
});
