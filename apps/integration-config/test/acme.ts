import type { SystemDescription } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";

/** A system that reads and writes orders, reads suppliers, and takes payments only. */
export const ACME: SystemDescription = {
  code: "ACME",
  version: 2,
  title: "Acme ERP",
  connection: {
    fields: [
      { name: "apiEndpoint", label: "Address", type: "url", in: "connection", required: true },
      { name: "database", label: "Database", type: "text", in: "settings", required: true, pattern: "[a-z0-9]+" },
      { name: "pages", label: "Pages", type: "integer", in: "settings", min: 1, max: 9 },
      { name: "mode", label: "Mode", type: "choice", in: "settings", choices: ["fast", "slow"], default: "fast" },
      { name: "archived", label: "Archived", type: "boolean", in: "settings" },
      { name: "company", label: "Company", type: "text", in: "settings", min: 2, max: 4 },
      { name: "units", label: "Units", type: "json", in: "settings" },
      { name: "realm", label: "Realm", type: "text", in: "settings", required: true, auth: ["API_KEY"] },
      { name: "apiPassword", label: "Password", type: "text", in: "credentials", required: true, secret: true },
    ],
  },
  auth: ["BASIC", "API_KEY"],
  inbound: ["REST_POLLING"],
  outbound: ["REST_PUSH"],
  formats: ["JSON"],
  realTime: false,
  limits: {},
  entities: [
    offer("Supplier", true, []),
    offer("PurchaseOrder", true, ["create", "update"]),
    offer("Part", true, ["create", "update"]),
    offer("Payment", false, ["post"]),
  ],
  errors: [],
};

/** What the system's templates map. */
export const TEMPLATES: Partial<Record<EntityName, JsonObject>> = {
  PurchaseOrder: {
    entityType: "PurchaseOrder",
    mappings: [
      { mesField: "poNumber", erpField: "PO_NUM", dataType: "string", isRequired: true },
      { mesField: "totalAmount", erpField: "PO_TOTAL", dataType: "decimal" },
    ],
  },
  Supplier: { entityType: "Supplier", mappings: [{ mesField: "supplierNumber", erpField: "CODE", isRequired: true }] },
};

function offer(entityType: EntityName, pull: boolean, operations: string[]): SystemDescription["entities"][number] {
  const writeClass = operations.length > 0 ? "L" : null;
  return {
    entityType,
    pull,
    incremental: pull,
    deletesSeen: pull,
    operations,
    writeClass,
    lookup: true,
    webhook: false,
  };
}
