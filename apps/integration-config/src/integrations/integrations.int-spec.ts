import { integrationConfig, type CallContext } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { acme, BOX, create, newTenant, problemOf, startHarness, type Harness } from "../../test/harness";

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
const auditOf = async (tenant: CallContext) =>
  (await h.admin.query("select * from integration_config.audit where tenant_id = $1 order by id", [tenant.tenantId]))
    .rows;

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
      credentials: { set: ["apiUsername", "apiPassword"] },
      adapter: { system: "ACME", version: 2 },
      entities: {
        Supplier: { direction: "inbound", master: true, keyPrefix: null, pageSize: 1000, lookbackSeconds: 300 },
        PurchaseOrder: { direction: "both", master: true },
      },
    });
    expect(Object.keys(made.entities).sort()).toEqual(["Part", "PurchaseOrder", "Supplier"]);
    expect(JSON.stringify(made)).not.toContain(BOX.ct);
    for (const id of [made.id, made.name]) expect(await h.bus.call(integrationConfig.get, ctx, { id })).toEqual(made);
  });
});
