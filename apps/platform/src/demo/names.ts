/** The demo's tenant and its integrations. */
export const TENANT = "demo";
export const ODOO = "odoo-demo";
export const SQL = "sql-demo";

/** Parts that the SQL ERP owns begin so; of all others Odoo is the master. */
export const OWN_PREFIX = "PL-";

/** The order that the demo makes. */
export const ORDER = "PO-MES-0001";

/** What the demo calls an ERP. */
export const TITLES: Readonly<Record<string, string>> = { [ODOO]: "Odoo", [SQL]: "SQL ERP" };
