import { type Schema, defineSchema } from "@dovetail/adapter-sdk";

/** Odoo's own limit for one request as it comes (`limit_time_real`). */
export const REQUEST_SECONDS = 120;

/** What an integration with Odoo asks for. */
export const connection = defineSchema({
  apiEndpoint: {
    label: "Address of the Odoo server",
    type: "url",
    in: "connection",
    required: true,
    example: "https://erp.example.com",
  },
  database: { label: "Database", type: "text", in: "settings", required: true, pattern: "[A-Za-z0-9_.-]{1,63}" },
  protocol: {
    label: "Protocol",
    type: "choice",
    in: "settings",
    choices: ["auto", "jsonrpc", "json2"],
    default: "auto",
    help: "auto: JSON-2 with an API key on Odoo 19 and later, else JSON-RPC.",
  },
  language: {
    label: "Language",
    type: "text",
    in: "settings",
    pattern: "[a-z]{2,3}(_[A-Z]{2})?",
    default: "en_US",
    help: "Odoo language of names and descriptions; it must be installed there.",
  },
  company: {
    label: "Company id",
    type: "integer",
    in: "settings",
    min: 1,
    help: "Only rows of this company; absent: of all companies of the user.",
  },
  stockLocations: {
    label: "Stock locations",
    type: "choice",
    in: "settings",
    choices: ["all", "internal"],
    default: "all",
    help: "internal leaves out the quantities that Odoo keeps at suppliers, customers and inventory loss.",
  },
  units: {
    label: "Own units",
    type: "json",
    in: "settings",
    help: "UN/ECE Rec 20 code by the English name of an Odoo unit, beside the built-in ones.",
    example: '{"Pack of 6":"PK"}',
  },
  extraFields: {
    label: "Further fields",
    type: "json",
    in: "settings",
    help: "Fields to read beside the usual ones and those that start with x_, by entity; mappings can then use them.",
    example: '{"Supplier":["lang"],"PurchaseOrder":["fiscal_position_id"]}',
  },
  requestSeconds: {
    label: "Longest request in Odoo, seconds",
    type: "integer",
    in: "settings",
    min: 1,
    max: 3600,
    default: REQUEST_SECONDS,
    help: "limit_time_real of the server: how long a request that we gave up may still take effect. Only after that, and a quarter more, is a document that was not answered sent again.",
  },
  timeoutSeconds: { label: "Time-out in seconds", type: "integer", in: "settings", min: 1, max: 600, default: 120 },
  apiUsername: {
    label: "User",
    type: "text",
    in: "credentials",
    auth: ["BASIC", "API_KEY"],
    help: "The login. With an API key it is needed for JSON-RPC only.",
  },
  apiPassword: { label: "Password", type: "text", in: "credentials", secret: true, auth: ["BASIC"] },
  apiToken: { label: "API key", type: "text", in: "credentials", secret: true, auth: ["API_KEY"] },
});

/** The checked connection. */
export type OdooConfig = typeof connection extends Schema<infer C> ? C : never;
