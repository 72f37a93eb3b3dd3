/** The demo's tenant and integration. */
export const TENANT = "demo";
export const INTEGRATION = "odoo-demo";
