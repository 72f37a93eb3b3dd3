import type { DemoAccess, KeptState } from "../kept-state";
import { Api } from "./api";
import { showOdooChange, showSqlChange } from "./erp-changes";
import { type Erps, ORDERS_IN } from "./erps";
import { firstSyncOfOdoo, firstSyncOfSql, tellRecords, titled } from "./first-sync";
import { connectOdoo, found, testConnection } from "./integrations";
import { showMesChanges } from "./mes-changes";
import { ODOO, ORDER, SQL, TENANT } from "./names";
import type { Screen } from "./progress";
import { connectSql } from "./sql-integration";

/** What the demo works with. */
export interface DemoParts {
  gatewayUrl: string;
  operatorKey: string;
  state: KeptState;
  erps: Erps;
  screen: Screen;
  signal: AbortSignal;
}

/** Makes the demo tenant unless it is there; answers how to reach it. */
export async function demoAccess(parts: Omit<DemoParts, "erps">): Promise<DemoAccess> {
  const { state, gatewayUrl, operatorKey, signal } = parts;
  const operator = new Api(gatewayUrl, operatorKey, signal);
  if (state.kept.demo && (await found(operator, `/tenants/${TENANT}`)) !== undefined) return state.kept.demo;
  const created = await operator.post<{ apiKey: { key: string }; bus: { user: string; password: string } }>(
    "/tenants",
    { name: TENANT },
    state.kept.demoRequest,
  );
  const { apiKey, bus } = created;
  const demo = { tenant: TENANT, apiKey: apiKey.key, natsUser: bus.user, natsPassword: bus.password };
  state.change({ demo, shown: false });
  return demo;
}

/** The integrations with both ERPs, the first synchronisations and a change on each side; later: how it stands. */
export async function runDemo(parts: DemoParts, access: DemoAccess): Promise<void> {
  const { state, screen, erps, signal, gatewayUrl } = parts;
  const api = new Api(gatewayUrl, access.apiKey, signal);
  const { demoRequest: request, shown } = state.kept;
  await connectOdoo(api, erps.odoo.url, request);
  if (shown) {
    await connectSql(api, erps.sql, request);
    return tellKept(api, erps, screen);
  }
  const odoo = await testConnection(api, ODOO);
  screen.line();
  screen.line(`First synchronisation: ${ODOO}, a simulated Odoo ${odoo.version ?? ""}`.trimEnd());
  await firstSyncOfOdoo(api, screen);
  // Now, not before: what was there before is not sent to a new ERP, what changes from here on is.
  await connectSql(api, erps.sql, request);
  const sql = await testConnection(api, SQL);
  screen.line();
  screen.line(`First synchronisation: ${SQL}, a simulated ERP that speaks SQL only (${sql.product ?? "SQL"})`);
  await firstSyncOfSql(api, screen);
  await showMesChanges(api, erps, screen);
  await showOdooChange(api, erps, screen);
  await showSqlChange(api, erps, screen);
  state.change({ shown: true });
}

async function tellKept(api: Api, erps: Erps, screen: Screen): Promise<void> {
  screen.line();
  screen.line(`The record store of tenant ${TENANT} as it was left:`);
  await tellRecords(api, screen);
  if ((await found(api, `/erp/records/PurchaseOrder/${ORDER}`)) === undefined) return;
  screen.line();
  screen.line(`Order ${ORDER} of the MES`);
  for (const integration of [ODOO, SQL] as const) {
    const orders = await ORDERS_IN[integration](erps, ORDER);
    const shown = orders.map(({ number, expected }) => `${number}, expected ${expected}`);
    screen.line(`${titled(integration)} ${shown.length > 0 ? `has it as ${shown.join("; ")}` : "does not have it"}`);
  }
}
