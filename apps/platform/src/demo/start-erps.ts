import { join } from "node:path";
import { startSimulator, startSqlErp, type RunningSqlErp } from "@dovetail/erp-simulator";
import type { Cleanup } from "../cleanup";
import type { KeptState } from "../kept-state";
import type { Options } from "../options";
import { rememberedPort } from "../servers";
import { StartError } from "../start-error";
import type { Erps } from "./erps";

/** Starts both simulated ERPs where they were last time. Throws StartError when the database has no room for one. */
export async function startErps(options: Options, state: KeptState, adminUrl: string, cleanup: Cleanup): Promise<Erps> {
  const { ports } = state.kept;
  const odoo = await startSimulator({
    version: 19,
    dataDir: join(options.dir, "erp"),
    port: await rememberedPort(ports.odoo),
  });
  cleanup.add(() => odoo.stop());
  const sql = await startSql(options, state, adminUrl);
  cleanup.add(() => sql.stop());
  state.change({ ports: { ...state.kept.ports, odoo: odoo.port, sqlErp: sql.port } });
  return { odoo, sql };
}

/** The SQL ERP shares the server with the platform, and nothing else: it has a database and accounts of its own. */
async function startSql(options: Options, state: KeptState, adminUrl: string): Promise<RunningSqlErp> {
  const ours = decodeURIComponent(new URL(adminUrl).pathname.slice(1));
  // On another's server there may be more than one of them.
  const name = options.DATABASE_URL === undefined ? "sql_erp" : `${ours}_sql_erp`;
  const { owner, client } = state.kept.sqlErp;
  try {
    return await startSqlErp({
      adminUrl,
      database: name,
      owner: { user: name, password: owner },
      client: { user: `${name}_client`, password: client },
      port: await rememberedPort(state.kept.ports.sqlErp),
    });
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "42501") throw cause;
    const message =
      "The role of DATABASE_URL may not create databases and roles, which the demo's SQL ERP needs. Give it CREATEDB and CREATEROLE, or use --no-demo.";
    throw new StartError(message, 1, { cause });
  }
}
