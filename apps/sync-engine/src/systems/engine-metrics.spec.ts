import type { HttpAnswer } from "@dovetail/adapter-sdk";
import type { Database } from "@dovetail/database";
import { Metrics } from "@dovetail/service-kit";
import { EngineMetrics } from "./engine-metrics";

const noWork = { dispatch: async () => [] } as unknown as Database;

it("ERR-4: failures are counted by category, beside the bound at which a category raises an alert", async () => {
  const metrics = new Metrics({ service: "spec" });
  const engine = new EngineMetrics(metrics, noWork);
  const statuses = [200, 503, 429, 401, 422];
  const http = engine.measured({ request: async () => ({ status: statuses.shift() }) as HttpAnswer }, "ODOO");
  while (statuses.length > 0) await http.request({ method: "GET", url: "http://erp.example" } as never);
  const text = await metrics.text();
  for (const code of ["TRANSIENT", "RATE_LIMIT", "AUTH", "VALIDATION"])
    expect(text).toMatch(new RegExp(`dovetail_erp_errors_total\\{[^}]*code="${code}"[^}]*\\} 1`));
  const bounds = { TRANSIENT: 3, RATE_LIMIT: 5, AUTH: 1, VALIDATION: 10, CONFLICT: 5, SERVER: 1 };
  for (const [code, bound] of Object.entries(bounds))
    expect(text).toMatch(new RegExp(`dovetail_erp_errors_alert_per_hour\\{[^}]*code="${code}"[^}]*\\} ${bound}\\n`));
  expect(text).not.toMatch(/alert_per_hour\{[^}]*NOT_FOUND/);
});
