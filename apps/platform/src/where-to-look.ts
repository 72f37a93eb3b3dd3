import { relative } from "node:path";
import type { Screen } from "./demo/progress";
import type { DemoAccess } from "./kept-state";
import type { Options } from "./options";

/** What a newcomer may try next. */
export function whereToLook(screen: Screen, options: Options, gatewayUrl: string, demo: DemoAccess | undefined): void {
  const place = (path: string): string => relative(process.cwd(), path) || ".";
  screen.line();
  screen.line("Where to look");
  screen.line(`  API and its description   ${gatewayUrl}/docs`);
  screen.line(`  health, metrics           ${gatewayUrl}/api/v1/erp/health, ${gatewayUrl}/metrics`);
  screen.line(`  log of the services       ${place(options.logFile)}`);
  if (!demo) {
    screen.line(`  operator's key            ${place(`${options.dir}/secrets.json`)} (operatorKey)`);
    return;
  }
  screen.line(`  addresses and keys        ${place(`${options.dir}/demo.json`)}`);
  screen.line();
  screen.line(`  KEY=${demo.apiKey}`);
  screen.line(`  curl -H "Authorization: Bearer $KEY" ${gatewayUrl}/api/v1/erp/records/PurchaseOrder?limit=2`);
  screen.line(`  curl -H "Authorization: Bearer $KEY" ${gatewayUrl}/api/v1/erp/changes`);
  screen.line(`  curl -H "Authorization: Bearer $KEY" -X POST ${gatewayUrl}/api/v1/erp/sync-jobs/odoo-demo/execute`);
  screen.line();
  screen.line("Ctrl-C stops everything; the data stays. npm start -- --fresh begins anew.");
}
