import type { Integration } from "@dovetail/contracts";
import { ApiError, type Api } from "./api";
import { ODOO } from "./names";

/** What is at a path; undefined when there is nothing. */
export async function found<T>(api: Api, path: string): Promise<T | undefined> {
  try {
    return await api.get<T>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

export function findIntegration(api: Api, name: string): Promise<Integration | undefined> {
  return found<Integration>(api, `/erp/integrations/${name}`);
}

/** Connects the simulated Odoo unless it is connected; its address follows where it is now. */
export async function connectOdoo(api: Api, url: string, request: string): Promise<void> {
  const integration = await findIntegration(api, ODOO);
  if (!integration) {
    const body = {
      name: ODOO,
      erpSystem: "ODOO",
      description: "The simulated Odoo of the demo",
      connectionMethod: "API",
      apiEndpoint: url,
      authMethod: "BASIC",
      apiUsername: "admin",
      apiPassword: "admin",
      settings: { database: "o19" },
      syncSchedule: { enabled: true, interval: "* * * * *" },
    };
    await api.post("/erp/integrations", body, `${request}-odoo`);
  } else if (integration.apiEndpoint !== url) {
    // Its port of last time was taken.
    await api.patch(`/erp/integrations/${ODOO}`, { apiEndpoint: url });
  }
}

/** Asks for a test of the connection; answers what the ERP says of itself. Throws when it cannot be reached. */
export async function testConnection(api: Api, name: string): Promise<{ product?: string; version?: string }> {
  const answer = await api.post<{
    success: boolean;
    message: string;
    serverInfo: { product?: string; version?: string };
  }>(`/erp/integrations/${name}/test`, {});
  if (!answer.success) throw new Error(`${name} cannot be reached: ${answer.message}`);
  return answer.serverInfo;
}
