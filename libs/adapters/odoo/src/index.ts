export { odoo } from "./adapter";
export type { OdooConfig } from "./config";
