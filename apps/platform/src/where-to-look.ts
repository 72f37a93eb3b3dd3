import { existsSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import type { Environment } from "@dovetail/service-kit";
import type { RunningSqlErp } from "@dovetail/erp-simulator";
import { ODOO, ORDER, SQL } from "./demo/names";
import type { Screen } from "./demo/progress";
import type { DemoAccess } from "./kept-state";
import type { Options } from "./options";

/** What the demo adds to the places to look at. */
export interface DemoPlaces {
  access: DemoAccess;
  sql: RunningSqlErp;
}

/** What a newcomer may try next. */
export function whereToLook(screen: Screen, options: Options, gatewayUrl: string, demo?: DemoPlaces): void {
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
  const { access, sql } = demo;
  screen.line(`  addresses and keys        ${place(`${options.dir}/demo.json`)}`);
  screen.line(`  tables of the SQL ERP     ${sql.url}/ (purchase_order, if_purchase_order, journal, …)`);
  screen.line();
  screen.line(`  KEY=${access.apiKey}`);
  const curl = `  curl -H "Authorization: Bearer $KEY"`;
  screen.line(`${curl} ${gatewayUrl}/api/v1/erp/records/PurchaseOrder/${ORDER}`);
  screen.line(`${curl} ${gatewayUrl}/api/v1/erp/changes`);
  screen.line(`${curl} -X POST ${gatewayUrl}/api/v1/erp/sync-jobs/${ODOO}/execute  # or ${SQL}`);
  screen.line(`  curl ${sql.url}/purchase_order`);
  if (isOnPath("psql", options.env)) screen.line(`  psql ${sql.databaseUrl} -c "table purchase_order"`);
  screen.line();
  screen.line("Ctrl-C stops everything; the data stays. npm start -- --fresh begins anew.");
}

function isOnPath(program: string, env: Environment): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((folder) => folder !== "" && existsSync(join(folder, program)));
}
