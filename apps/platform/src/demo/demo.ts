import type { Integration } from "@dovetail/contracts";
import type { Running as RunningSimulator } from "@dovetail/erp-simulator";
import type { DemoAccess, KeptState } from "../kept-state";
import { Api, ApiError } from "./api";
import { showBothWays } from "./both-ways";
import { firstSync, recordCounts, tellCounts } from "./first-sync";
import { INTEGRATION, TENANT } from "./names";
import type { Screen } from "./progress";

/** What the demo works with. */
export interface DemoParts {
  gatewayUrl: string;
  operatorKey: string;
  state: KeptState;
  simulator: RunningSimulator;
  screen: Screen;
  signal: AbortSignal;
}

/** Makes the demo tenant unless it is there; answers how to reach it. */
export async function demoAccess(parts: Omit<DemoParts, "simulator">): Promise<DemoAccess> {
  const { state, gatewayUrl, operatorKey, signal } = parts;
  const operator = new Api(gatewayUrl, operatorKey, signal);
  if (state.kept.demo && (await exists(operator, `/tenants/${TENANT}`))) return state.kept.demo;
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

/** The integration with the simulated ERP, the first synchronisation and one change each way; later: how it stands. */
export async function runDemo(parts: DemoParts, access: DemoAccess): Promise<void> {
  const { state, screen, simulator, signal, gatewayUrl } = parts;
  const api = new Api(gatewayUrl, access.apiKey, signal);
  await connectOdoo(api, simulator, state.kept.demoRequest);
  if (state.kept.shown) {
    screen.line();
    screen.line(`The record store of tenant ${TENANT} as it was left:`);
    tellCounts(screen, await recordCounts(api));
    return;
  }
  const test = await api.post<{ success: boolean; message: string; serverInfo: { version?: string } }>(
    `/erp/integrations/${INTEGRATION}/test`,
    {},
  );
  if (!test.success) throw new Error(`The simulated Odoo cannot be reached: ${test.message}`);
  screen.line();
  screen.line(
    `Tenant ${TENANT}, integration ${INTEGRATION} with a simulated Odoo ${test.serverInfo.version ?? ""}`.trimEnd(),
  );
  screen.line();
  screen.line("First synchronisation");
  await firstSync(api, screen);
  await showBothWays(api, simulator, screen);
  state.change({ shown: true });
}

async function connectOdoo(api: Api, simulator: RunningSimulator, request: string): Promise<void> {
  const found = await find(api);
  if (!found) {
    const body = {
      name: INTEGRATION,
      erpSystem: "ODOO",
      description: "The simulated Odoo of the demo",
      connectionMethod: "API",
      apiEndpoint: simulator.url,
      authMethod: "BASIC",
      apiUsername: "admin",
      apiPassword: "admin",
      settings: { database: "o19" },
      syncSchedule: { enabled: true, interval: "* * * * *" },
    };
    await api.post("/erp/integrations", body, `${request}-odoo`);
  } else if (found.apiEndpoint !== simulator.url) {
    // Its port of last time was taken.
    await api.patch(`/erp/integrations/${INTEGRATION}`, { apiEndpoint: simulator.url });
  }
}

async function find(api: Api): Promise<Integration | undefined> {
  try {
    return await api.get<Integration>(`/erp/integrations/${INTEGRATION}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function exists(api: Api, path: string): Promise<boolean> {
  try {
    await api.get(path);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}
