import { controlAnswer, createControl, type OdooControl } from "./control";
import { Faults } from "./faults";
import { listen } from "./http";
import { Database } from "./odoo/database";
import { OdooServer } from "./odoo/server";
import type { OdooVersion, SimulatorOptions } from "./options";
import { seedBase } from "./seed/base";
import { seedDemo } from "./seed/demo";

export { startBulk, type BulkOptions, type RunningBulk } from "./bulk";
export type { OdooVersion, SimulatorOptions } from "./options";
export type { OdooControl } from "./control";
export type { FaultKind, FaultSpec } from "./faults";
export type { JournalEntry } from "./journal";
export { startSqlErp, type RunningSqlErp, type SqlErpOptions } from "./sql-erp/start-sql-erp";
export type { SqlErpControl, SqlJournalEntry } from "./sql-erp/control";

/** A simulator that is listening. */
export interface Running {
  url: string;
  port: number;
  /** Writes the snapshot and stops listening. */
  stop(): Promise<void>;
  odoo: OdooControl;
}

const SEED_AGE_MS = 2 * 3_600_000;

/** Starts one simulated Odoo. Throws when the port is taken or the data directory cannot be written. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Running> {
  const version = options.version ?? 19;
  const seed = options.seed ?? 1;
  const database = new Database({ version, ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }) });
  const faults = new Faults(seed);
  if (!database.journal.load()) {
    // Written two hours ago: nothing of it lies in the second that the first reader asks about.
    database.world.clock.advance(-SEED_AGE_MS);
    seedBase(database);
    if (options.demo !== false) seedDemo(database, seed);
    database.world.clock.advance(SEED_AGE_MS);
  }
  if (options.lateCommitMs !== undefined) faults.add({ kind: "lateCommit", delayMs: options.lateCommitMs });
  let url = "";
  const server = new OdooServer(database, faults, accountsOf(options, version), () => url);
  const control = createControl(database, server, faults);
  const listening = await listen(options.port ?? 0, async (request) => {
    if (options.control === true && request.path.startsWith("/_sim/")) {
      return { answer: await controlAnswer(control, request), transport: "whole" };
    }
    const delivery = await server.handle(request);
    // Clients take the server's clock from this header.
    if (delivery.answer)
      delivery.answer.headers = { ...delivery.answer.headers, Date: database.world.clock.httpDate() };
    return delivery;
  });
  url = listening.url;
  options.log?.(`simulated Odoo ${version} on ${url}, seed ${seed}`);
  return {
    url,
    port: listening.port,
    odoo: control,
    stop: async () => {
      await listening.stop();
      database.journal.snapshot();
    },
  };
}

function accountsOf(options: SimulatorOptions, version: OdooVersion) {
  return {
    version,
    database: options.database ?? `o${version}`,
    login: options.login ?? "admin",
    password: options.password ?? "admin",
    apiKey: options.apiKey ?? "simulated-api-key",
  };
}
