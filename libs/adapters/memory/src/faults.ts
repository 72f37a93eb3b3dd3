import type { EntityName } from "@dovetail/domain";

/** The calls that an ERP can be asked for. */
export type CallKind = "test" | "describe" | "pull" | "lookup" | "stamps" | "push";

/** What can go wrong with a call. */
export type CallFault =
  /** Answered with this HTTP-like status, without effect. */
  | { kind: "status"; status: number; retryAfterSeconds?: number; bodyCode?: string; body?: string }
  /** Never reached: surely no effect. */
  | { kind: "unreachable" }
  /** Connection cut after the request was written, before it took effect. */
  | { kind: "reset" }
  /** The answer ends half-way; the effect stands. */
  | { kind: "cutOff" }
  /** No answer until the caller gives up. */
  | { kind: "hang" }
  /** Time-out seen by the caller; no effect. */
  | { kind: "timeoutBefore" }
  /** Time-out seen by the caller; the effect stands. */
  | { kind: "timeoutAfter" }
  /** Time-out seen by the caller; the effect comes `ms` later on the ERP's clock. */
  | { kind: "late"; ms: number };

interface Armed {
  fault: CallFault;
  calls?: readonly CallKind[];
  /** Calls it still hits. */
  times: number;
}

interface Pause {
  /** To be called when the write has reached the ERP after all. */
  arrived: () => void;
  stopped: () => void;
  gate: Promise<void>;
}

/** A sender that stands still between its decision to write and the write. */
export interface PausedSender {
  /** Resolves when a write is being held. */
  held: Promise<void>;
  /** Lets the held write go on; resolves when it has reached the ERP. */
  release(): Promise<void>;
}

/** A promise and what fulfils it. */
function signal(): [Promise<void>, () => void] {
  let done: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (done = resolve));
  return [promise, done];
}

/** Every switch of an ERP that fails on purpose. Persistent behaviour as fields, one-off failures through `next`. */
export class Faults {
  /** Looking up finds only rows at least this old, milliseconds. */
  searchLagMs = 0;
  /** Pages repeat some of their rows. */
  duplicateRows = false;
  /** What the ERP makes of a pushed body (trims, rounds, upper-cases, …). */
  normalise?: (entity: EntityName, body: Record<string, unknown>) => void;
  private readonly armed: Armed[] = [];
  private readonly paused: Pause[] = [];

  /** Arms a fault for the next `times` calls (default 1) of these kinds (default all). */
  next(fault: CallFault, options: { calls?: readonly CallKind[]; times?: number } = {}): void {
    this.armed.push({ fault, times: options.times ?? 1, ...(options.calls ? { calls: options.calls } : {}) });
  }

  /** Every call of these kinds fails so, until `clear`. */
  always(fault: CallFault, calls?: readonly CallKind[]): void {
    this.next(fault, { times: Number.POSITIVE_INFINITY, ...(calls ? { calls } : {}) });
  }

  /** The next push waits before it reaches the ERP. */
  pauseSender(): PausedSender {
    const [gate, open] = signal();
    const [reached, arrived] = signal();
    const [held, stopped] = signal();
    this.paused.push({ arrived, stopped, gate });
    const release = async () => {
      open();
      await reached;
    };
    return { held, release };
  }

  /** Ends all of it; held senders stay held until they are released. */
  clear(): void {
    this.armed.length = 0;
    this.searchLagMs = 0;
    this.duplicateRows = false;
    this.normalise = undefined;
  }

  /** The fault that hits this call, if any. */
  take(call: CallKind): CallFault | undefined {
    const at = this.armed.findIndex(({ calls }) => !calls || calls.includes(call));
    const hit = this.armed[at];
    if (!hit) return undefined;
    if (--hit.times <= 0) this.armed.splice(at, 1);
    return hit.fault;
  }

  /** The pause that holds this call, if any. */
  takePause(call: CallKind): Pause | undefined {
    const pause = call === "push" ? this.paused.shift() : undefined;
    pause?.stopped();
    return pause;
  }
}
