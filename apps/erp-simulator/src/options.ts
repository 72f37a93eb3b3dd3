import type { OdooVersion } from "./odoo/values";

export type { OdooVersion } from "./odoo/values";

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
