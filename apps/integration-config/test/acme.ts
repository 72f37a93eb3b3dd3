import type { ConnectionTemplate, SystemDescription } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";

/** A system that reads and writes orders, reads suppliers, and takes payments only. */
export const ACME: SystemDescription = {
  code: "ACME",
  version: 2,
  title: "Acme ERP",
  connectionMethod: "API",
  anySystem: false,
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
      { name: "apiUsername", label: "User", type: "text", in: "credentials" },
      { name: "apiPassword", label: "Password", type: "text", in: "credentials", secret: true },
      { name: "apiToken", label: "Key", type: "text", in: "credentials", secret: true, auth: ["API_KEY"] },
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

/** Reads any system's orders and suppliers from files. */
export const FILES: SystemDescription = {
  ...ACME,
  code: "FILE",
  version: 1,
  title: "File exchange",
  connectionMethod: "FILE",
  anySystem: true,
  connection: {
    fields: [
      { name: "root", label: "Root", type: "text", in: "settings", required: true },
      { name: "apiPassword", label: "Password", type: "text", in: "credentials", secret: true, auth: ["BASIC"] },
    ],
  },
  auth: ["NONE", "BASIC"],
  entities: [
    offer("Supplier", true, ["create", "update"]),
    offer("PurchaseOrder", true, ["create"]),
    offer("Port", true, []),
  ],
};

/** What the files' own mappings are. */
export const FILE_MAPPINGS: Partial<Record<EntityName, JsonObject>> = {
  PurchaseOrder: { entityType: "PurchaseOrder", mappings: [{ mesField: "poNumber", erpField: "no" }] },
  Port: { entityType: "Port", mappings: [{ mesField: "locode", erpField: "locode" }] },
};

/** Acme's purchasing by files. */
export const FILE_TEMPLATE: ConnectionTemplate = {
  name: "acme-files",
  system: "ACME",
  connectionMethod: "FILE",
  adapter: "FILE",
  title: "Acme's files",
  description: "Orders and suppliers.",
  apiVersion: null,
  authMethod: "NONE",
  settings: {},
  syncSchedule: { enabled: true, interval: "@hourly" },
  entities: {
    Supplier: { direction: "both", master: true, schedule: "0 2 * * *" },
    PurchaseOrder: { direction: "both", master: true },
    Port: { direction: "inbound" },
  },
  mappings: {
    PurchaseOrder: { entityType: "PurchaseOrder", mappings: [{ mesField: "poNumber", erpField: "ORDER" }] },
  },
  placeholders: [{ field: "settings.root", label: "Root", secret: false, example: null }],
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
