/** Injects the Clock. */
export const CLOCK = Symbol("dovetail.clock");
/** Injects the service's Settings. */
export const SETTINGS = Symbol("dovetail.sync-engine.settings");

/** What of the configuration the features need. */
export interface Settings {
  /** False: no job, push or schedule runs in this process (ERP_INTEGRATION_ENABLED). */
  enabled: boolean;
  /** Interval of integrations without a schedule, milliseconds; 0 = none. */
  syncIntervalMs: number;
  /** How often changes of purchase orders are asked for, milliseconds; 0 = not beside the schedule. */
  statusWatchMs: number;
  /** How long a lease of a process that fell silent lasts, milliseconds. */
  leaseMs: number;
  /** Work rows handled at once in this process. */
  concurrency: number;
  /** Folders of this machine below which integrations may exchange files (ERP_FILE_ROOTS, separated by colons; `{tenant}` is its name). */
  fileRoots: readonly string[];
}
