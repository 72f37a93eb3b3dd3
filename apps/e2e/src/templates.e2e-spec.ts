import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConnectionTemplate, Integration, MappingVersion, SystemDescription } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually, temporaryFolder, testDatabase, type TestDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { DELIVERIES, ORDER, ODOO_EXPORT } from "./templates/deliveries";
import { PURCHASING_SQL } from "./templates/purchasing-sql";
import type { TenantWorld } from "./tenant-world";
import { World } from "./world";

const FOLDERS = ["in", "work", "done", "error", "out", "ack"];
/** What a customer would fill in. */
const FILLED: Readonly<Record<string, string>> = {
  apiEndpoint: "https://erp.example.com",
  apiUsername: "dovetail",
  apiPassword: "secret of the test",
  "settings.database": "erp",
  "settings.host": "erp.example.com",
  "settings.root": "/srv/erp-exchange",
  "settings.brokerUrl": "tls://broker.example.com:4222",
  "settings.instance": "none",
};

const root = temporaryFolder("templates");
let world: World;
let tenant: TenantWorld;

beforeAll(async () => {
  world = await World.open({ local: true, env: { ERP_FILE_ROOTS: root } });
  tenant = await world.tenant("templates");
}, 60_000);
afterAll(() => world?.close());

/** The members that a template leaves open, as a body has them. */
function filled({ placeholders }: ConnectionTemplate): JsonObject {
  const body: JsonObject = {};
  const settings: JsonObject = {};
  for (const { field } of placeholders) {
    const value = FILLED[field];
    if (value === undefined) throw new Error(`nothing to fill ${field} with`);
    if (field.startsWith("settings.")) settings[field.slice("settings.".length)] = value;
    else body[field] = value;
  }
  return { ...body, settings };
}

const templatesOf = async (code: string) =>
  (await tenant.api.get<{ items: ConnectionTemplate[] }>(`/erp/systems/${code}/templates`)).items;

describe("every template", () => {
  it("makes an integration once what it leaves open is filled in", async () => {
    const systems = (await tenant.api.get<{ items: SystemDescription[] }>("/erp/systems")).items;
    const own = (await Promise.all(systems.map(({ code }) => templatesOf(code)))).flatMap((templates, at) =>
      templates.filter(({ system }) => system === systems[at]?.code),
    );
    expect(own.length).toBeGreaterThanOrEqual(systems.length);
    for (const template of own) {
      const body = { name: "made", erpSystem: template.system, template: template.name, ...filled(template) };
      const made = await tenant.api.change<Integration>("POST", "/erp/integrations", body);
      expect(made).toMatchObject({
        connectionMethod: template.connectionMethod,
        authMethod: template.authMethod,
        adapter: { system: template.adapter },
        settings: template.settings,
        syncSchedule: template.syncSchedule,
        entities: template.entities,
      });
      expect(Object.keys(made.entities).sort()).toEqual(Object.keys(template.entities).sort());
      const mappings = (await tenant.api.get<{ items: MappingVersion[] }>("/erp/integrations/made/mappings")).items;
      for (const entity of Object.keys(template.entities)) {
        const mapping = mappings.find(({ entityType }) => entityType === entity);
        expect(mapping).toMatchObject({ version: 1, origin: "template" });
        // Stored as the tenant's own it is checked as a whole.
        const { version } = await tenant.api.change(
          "PUT",
          `/erp/integrations/made/mappings/${entity}`,
          mapping?.document,
        );
        expect([template.name, entity, version]).toEqual([template.name, entity, 2]);
      }
      await tenant.api.change("DELETE", "/erp/integrations/made");
    }
  }, 120_000);

  it("for any system goes with a system that has no adapter", async () => {
    const templates = await templatesOf("FILE");
    const csv = templates.find(({ name }) => name === "file-purchasing-csv") as ConnectionTemplate;
    const body = { name: "sap-files", erpSystem: "SAP", template: csv.name, ...filled(csv) };
    const made = await tenant.api.change<Integration>("POST", "/erp/integrations", body);
    expect(made).toMatchObject({ erpSystem: "SAP", connectionMethod: "FILE", adapter: { system: "FILE" } });
    await tenant.api.change("DELETE", "/erp/integrations/sap-files");
  });

  it("says which there are when it is not one of them", async () => {
    const body = { name: "x", erpSystem: "ODOO", connectionMethod: "FILE", template: "odoo-api" };
    const { status, body: problem } = await tenant.api.send("POST", "/erp/integrations", { body });
    expect(status).toBe(422);
    expect(problem).toMatchObject({ code: "ERP008", errors: [{ field: "template", rule: "exists" }] });
    expect(problem["detail"]).toMatch(/ODOO by FILE has no template odoo-api; there are odoo-csv-export, file-/);
  });

  it("is not there for a system that nothing is known of", async () => {
    expect((await tenant.api.send("GET", "/erp/systems/NOPE/templates")).status).toBe(404);
    const body = { name: "x", erpSystem: "SAP" };
    const { body: problem } = await tenant.api.send("POST", "/erp/integrations", { body });
    expect(problem).toMatchObject({ code: "ERP008", errors: [{ field: "erpSystem" }] });
    expect(problem["detail"]).toMatch(/SAP has no adapter for API; there are .*ODOO \(API\), and any system by/);
  });
});

/** A folder of an exchange with these files in it. */
function delivered(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(root, name);
  for (const each of FOLDERS) mkdirSync(join(folder, each), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${file}.part`), text);
    renameSync(join(folder, `${file}.part`), join(folder, "in", file));
  }
  return folder;
}

const ENTITIES = ["Supplier", "Part", "PurchaseOrder"];

describe("a delivery of files", () => {
  it.each(Object.entries(DELIVERIES))("arrives by %s", async (template, files) => {
    const own = await world.tenant(template);
    const settings = { root: delivered(template, files), stableMs: 0 };
    const body = { name: "files", erpSystem: "FILE", template, settings, syncSchedule: { enabled: false } };
    await own.api.change("POST", "/erp/integrations", body);
    await own.sync("files", { entityTypes: ENTITIES });
    expect((await own.record("PurchaseOrder", "PO-1")).record).toEqual(ORDER);
    expect((await own.record("Supplier", "S-1")).record).toMatchObject({ name: "Müller & Söhne", currency: "EUR" });
    expect((await own.record("Part", "B-8")).record).toMatchObject({ standardCost: "1.25", preferredSupplier: "S-1" });
  });

  it("of Odoo's exports arrives, with references by Odoo's ids", async () => {
    const own = await world.tenant("odoo-csv-export");
    const settings = { root: delivered("odoo", ODOO_EXPORT), stableMs: 0 };
    const body = { name: "odoo", erpSystem: "ODOO", connectionMethod: "FILE", template: "odoo-csv-export", settings };
    const made = await own.api.change<Integration>("POST", "/erp/integrations", body);
    expect(made.adapter).toMatchObject({ system: "FILE" });
    await own.sync("odoo", { entityTypes: ENTITIES });
    const order = await own.record("PurchaseOrder", "P00012");
    expect(order.record).toMatchObject({
      supplier: "AZURE",
      totalAmount: "241.5",
      orderDate: "2026-11-02T08:30:00Z",
      lines: [{ lineNumber: "__export__.purchase_order_line_7", part: "E-COM11", quantity: "2", unitPrice: "105" }],
    });
    expect((await own.record("Part", "E-COM11")).record).toMatchObject({ unit: "EA", listPrice: "147" });
  });

  it("is answered by a file for each order that changes here", async () => {
    const own = await world.tenant("files-out");
    const folder = delivered("out", DELIVERIES["file-purchasing-csv"]);
    const settings = { root: folder, stableMs: 0 };
    await own.api.change("POST", "/erp/integrations", {
      name: "files",
      erpSystem: "BAAN",
      connectionMethod: "FILE",
      template: "file-purchasing-csv",
      settings,
    });
    await own.sync("files", { entityTypes: ENTITIES });
    await own.api.change("PATCH", "/erp/records/PurchaseOrder/PO-1", { status: "SENT" });
    const file = await eventually(async () => {
      const [name] = readdirSync(join(folder, "out")).filter((each) => !each.startsWith("."));
      if (name === undefined) throw new Error("no file yet");
      return readFileSync(join(folder, "out", name), "utf8");
    });
    expect(file).toContain("SENT");
  });
});

describe("views and interface tables", () => {
  let database: TestDatabase;
  let erp: Client;

  beforeAll(async () => {
    database = await testDatabase([]);
    erp = new Client(database.adminUrl);
    await erp.connect();
    await erp.query(PURCHASING_SQL);
  });
  afterAll(async () => {
    await erp?.end();
    await database?.drop();
  });

  /** What the template leaves open, of the ERP's database. */
  function place(): JsonObject {
    const url = new URL(database.adminUrl);
    return {
      template: "database-purchasing-postgresql",
      apiUsername: decodeURIComponent(url.username),
      apiPassword: decodeURIComponent(url.password),
      settings: { host: "127.0.0.1", port: Number(url.port), database: url.pathname.slice(1), tls: "off" },
      syncSchedule: { enabled: false },
    };
  }

  it("take over from files: what arrived by them is found again, not doubled", async () => {
    const own = await world.tenant("moved");
    const settings = { root: delivered("moved", DELIVERIES["file-purchasing-csv"]), stableMs: 0 };
    const body = { name: "erp", erpSystem: "ORACLE_EBS", template: "file-purchasing-csv", settings };
    await own.api.change("POST", "/erp/integrations", body);
    await own.sync("erp", { entityTypes: ENTITIES });
    const before = await own.records("PurchaseOrder");

    const refused = await own.api.send("PATCH", "/erp/integrations/erp", { body: { connectionMethod: "API" } });
    expect(refused.body).toMatchObject({ code: "ERP008", errors: [{ field: "erpSystem" }] });
    const moved = await own.api.change<Integration>("PATCH", "/erp/integrations/erp", place());
    expect(moved).toMatchObject({
      erpSystem: "ORACLE_EBS",
      connectionMethod: "DATABASE",
      adapter: { system: "DATABASE" },
      credentials: { set: ["apiPassword", "apiUsername"] },
    });
    expect(moved.settings).not.toHaveProperty("root");
    const jobs = await own.sync("erp", { entityTypes: ENTITIES });
    expect(jobs.map(({ counts }) => [counts.read, counts.created, counts.rejected, counts.parked])).toEqual(
      ENTITIES.map(() => [1, 0, 0, 0]),
    );
    expect((await own.records("PurchaseOrder")).map(({ record }) => record)).toEqual(
      before.map(({ record }) => record),
    );
  });

  it("are read and written", async () => {
    const own = await world.tenant("views");
    await own.api.change("POST", "/erp/integrations", { name: "views", erpSystem: "ORACLE_EBS", ...place() });
    expect(await own.api.change("POST", "/erp/integrations/views/test")).toMatchObject({ success: true });
    await own.sync("views", { entityTypes: ENTITIES });
    expect((await own.record("PurchaseOrder", "PO-1")).record).toEqual(ORDER);

    await own.api.change("PATCH", "/erp/records/PurchaseOrder/PO-1", { status: "SENT" });
    const row = await eventually(async () => {
      const { rows } = await erp.query<JsonObject>("select * from dovetail_order_in");
      if (rows.length === 0) throw new Error("no row yet");
      return rows[0];
    });
    expect(row).toMatchObject({ operation: "U", status: "SENT", status_code: "N", erp_number: "PO-1" });
    await erp.query("update dovetail_order_in set status_code = 'P'");
    expect(await own.settled("PO-1", "confirmed")).toMatchObject({ status: "confirmed" });
  });
});
