/** What an account allows, over all processes. */
export interface CallLimits {
  /** Calls at the same time. */
  concurrent: number;
  /** Calls within any minute; null: as many as there are. */
  perMinute: number | null;
}

/** The right to one call at a time of one account, until it is given back. */
export interface Permit {
  /** The one call that finds out whether the ERP is back. */
  probe: boolean;
  /** A person's test: it is made whatever the account waits for, and closes the circuit when it succeeds. */
  force: boolean;
  /** The first request counts already; each further one draws from the rate. */
  counted: boolean;
  /** Requests of one operation follow each other: it holds one slot. */
  last: Promise<unknown>;
}

export function newPermit(probe: boolean, force: boolean): Permit {
  return { probe, force, counted: true, last: Promise.resolve() };
}
