import { controlAnswer, createControl, type OdooControl } from "./control";
import { Faults } from "./faults";
import { listen } from "./http";
import { Database } from "./odoo/database";
import { OdooServer } from "./odoo/server";
import type { OdooVersion } from "./odoo/values";
import { seedBase } from "./seed/base";
import { seedDemo } from "./seed/demo";

export { startBulk, type BulkOptions, type RunningBulk } from "./bulk";
export type { OdooControl } from "./control";
export type { FaultKind, FaultSpec } from "./faults";
export type { JournalEntry } from "./journal";

/** What to simulate. Everything has a default. */
export interface SimulatorOptions {
  version?: OdooVersion;
  /** 0 (default) takes a free port; the server binds to 127.0.0.1. */
  port?: number;
  database?: string;
  login?: string;
  password?: string;
  apiKey?: string;
  /** Seeds demo data and the probabilities of faults. */
  seed?: number;
  /** Demo data in an empty database; true by default. */
  demo?: boolean;
  /** Keeps rows and journal across restarts. */
  dataDir?: string;
  /** Serves `/_sim/…`; off by default. */
  control?: boolean;
  /** Every write commits so many milliseconds after its stamp. */
  lateCommitMs?: number;
  /** Told the seed and the address, one line each. */
  log?: (line: string) => void;
}

/** A simulator that is listening. */
export interface Running {
  url: string;
  port: number;
  /** Writes the snapshot and stops listening. */
  stop(): Promise<void>;
  odoo: OdooControl;
}

/** Starts one simulated Odoo. Throws when the port is taken or the data directory cannot be written. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Running> {
  const version = options.version ?? 19;
  const seed = options.seed ?? 1;
  const database = new Database({ version, ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }) });
  const faults = new Faults(seed);
  if (!database.journal.load()) {
    seedBase(database);
    if (options.demo !== false) seedDemo(database, seed);
  }
  if (options.lateCommitMs !== undefined) faults.add({ kind: "lateCommit", delayMs: options.lateCommitMs });
  let url = "";
  const server = new OdooServer(database, faults, accountsOf(options, version), () => url);
  const control = createControl(database, server, faults);
  const listening = await listen(options.port ?? 0, async (request) => {
    if (options.control === true && request.path.startsWith("/_sim/")) {
      return { answer: await controlAnswer(control, request), transport: "whole" };
    }
    return server.handle(request);
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
