import type { Integration } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { RunningSqlErp } from "@dovetail/erp-simulator";
import type { Api } from "./api";
import { findIntegration } from "./integrations";
import { OWN_PREFIX, SQL } from "./names";
import { SQL_MAPPINGS } from "./sql-mappings";

const view = (entityType: string, name: string, key: string[], more: JsonObject = {}): JsonObject => ({
  entityType,
  view: name,
  key,
  watermark: "changed_at",
  ...more,
});

/** An interface table: every push is a row that the ERP takes up, and whose outcome it writes beside. */
const interfaceTable = (entityType: string, table: string, number: string, more: JsonObject = {}): JsonObject => ({
  entityType,
  table,
  mode: "interface",
  reference: "ext_ref",
  unique: true,
  operation: { column: "action", create: "I", update: "U" },
  externalIdColumn: number,
  status: {
    column: "status",
    pending: "NEW",
    done: ["DONE"],
    failed: ["ERROR"],
    messageColumn: "message",
    externalIdColumn: number,
  },
  ...more,
});

const VIEWS = [
  view("Supplier", "v_vendor", ["vendor_no"], { businessKey: { supplierNumber: "group_no" } }),
  view("Part", "v_item", ["item_no"], { businessKey: { partNumber: "mat_code" } }),
  view("InventoryBalance", "v_stock", ["item_no", "site"]),
  view("PurchaseOrder", "v_purchase_order", ["po_no"], {
    businessKey: { poNumber: "po_ref" },
    children: [
      {
        as: "lines",
        view: "v_purchase_order_line",
        parentKey: ["po_no"],
        watermark: "changed_at",
        count: "line_count",
      },
    ],
  }),
];

const WRITES = [
  interfaceTable("Supplier", "if_vendor", "vendor_no"),
  interfaceTable("Part", "if_item", "item_no"),
  interfaceTable("PurchaseOrder", "if_purchase_order", "po_no", {
    children: [{ as: "lines", table: "if_purchase_order_line", parent: { ext_ref: "$reference" } }],
  }),
];

/**
 * Odoo is the master: the SQL ERP gets its suppliers, parts and orders, and its own rows of the same business numbers are
 * linked to them. What begins with its prefix is its own: that comes from here and goes to Odoo.
 */
const ENTITIES = {
  Supplier: { direction: "outbound" },
  Part: { direction: "both", keyPrefix: OWN_PREFIX },
  InventoryBalance: { direction: "inbound", keyPrefix: OWN_PREFIX },
  PurchaseOrder: { direction: "outbound" },
};

const EVERY_MINUTE = { enabled: true, interval: "* * * * *" };

/** Connects the SQL ERP unless it is connected; its address and password follow what they are now. */
export async function connectSql(api: Api, { connection }: RunningSqlErp, request: string): Promise<void> {
  const { host, port, database, user, password } = connection;
  const settings = { dialect: "postgresql", host, port, database, tls: "off", views: VIEWS, writes: WRITES };
  let found = await findIntegration(api, SQL);
  if (!found) {
    const body = {
      name: SQL,
      erpSystem: "DATABASE",
      description: "The simulated SQL ERP of the demo",
      connectionMethod: "DATABASE",
      authMethod: "BASIC",
      apiUsername: user,
      apiPassword: password,
      settings,
      entities: ENTITIES,
    };
    found = await api.post<Integration>("/erp/integrations", body, `${request}-sql`);
  } else if (found.settings["port"] !== port) {
    await api.patch(`/erp/integrations/${SQL}`, { settings: { port } });
  }
  if (isScheduled(found)) return;
  for (const [entityType, mappings] of Object.entries(SQL_MAPPINGS))
    await api.put(`/erp/integrations/${SQL}/mappings/${entityType}`, { entityType, mappings });
  // Last: nothing is read by itself before the mappings stand.
  await api.patch(`/erp/integrations/${SQL}`, { syncSchedule: EVERY_MINUTE });
}

function isScheduled({ syncSchedule }: Integration): boolean {
  return (syncSchedule as { enabled?: unknown }).enabled === true;
}
