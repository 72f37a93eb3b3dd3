import { type Schema, defineSchema } from "@dovetail/adapter-sdk";

const NAMES = "[A-Za-z0-9_.:-]{1,253}";

/** What an integration with a database asks for. */
export const connection = defineSchema({
  dialect: {
    label: "Database",
    type: "choice",
    in: "settings",
    required: true,
    choices: ["postgresql", "mysql", "mssql", "oracle"],
    help: "mysql: also MariaDB.",
  },
  host: { label: "Host", type: "text", in: "settings", required: true, pattern: NAMES },
  port: {
    label: "Port",
    type: "integer",
    in: "settings",
    min: 1,
    max: 65535,
    help: "Absent: the database's usual one.",
  },
  database: {
    label: "Name of the database",
    type: "text",
    in: "settings",
    required: true,
    pattern: "[^\\u0000-\\u001f]{1,128}",
    help: "Oracle: the service name.",
  },
  tls: {
    label: "TLS",
    type: "choice",
    in: "settings",
    choices: ["verify", "encrypt", "off"],
    default: "verify",
    help: "encrypt takes any certificate; off only within one's own machine or network.",
  },
  ca: { label: "Certificate authority (PEM)", type: "longText", in: "settings" },
  zone: {
    label: "Time zone of times without one",
    type: "text",
    in: "settings",
    pattern: "[A-Za-z0-9_+/-]{1,64}",
    default: "UTC",
  },
  timeoutSeconds: {
    label: "Longest statement, seconds",
    type: "integer",
    in: "settings",
    min: 1,
    max: 600,
    default: 60,
  },
  views: {
    label: "Read views",
    type: "json",
    in: "settings",
    help: "Per entity: view, key columns, watermark column, children.",
    example: '[{"entityType":"PurchaseOrder","view":"v_po","key":["PurchaseOrderID"],"watermark":"ModifiedDate"}]',
  },
  writes: {
    label: "Interface tables",
    type: "json",
    in: "settings",
    help: "Per entity: table, mode, reference column, columns, children, status.",
  },
  apiUsername: { label: "User", type: "text", in: "credentials", required: true, auth: ["BASIC"] },
  apiPassword: { label: "Password", type: "text", in: "credentials", required: true, secret: true, auth: ["BASIC"] },
});

/** The checked connection. */
export type DatabaseConfig = typeof connection extends Schema<infer C> ? C : never;
