import { AdapterError } from "@dovetail/adapter-sdk";

/** Why nobody calls an account for a while: it said "too many calls", it failed too often, or its owner wants quiet. */
export type WaitReason = "paused" | "circuit" | "maintenance" | "stopped";

const TEXTS: Record<WaitReason, string> = {
  paused: "the ERP asked for fewer calls: it is not called for a while",
  circuit: "the ERP failed repeatedly: it is not called until a probe succeeds",
  stopped: "the integration is paused or disabled",
  maintenance: "the integration is in its maintenance window: the ERP is not called",
};

/** Nothing was called: the account waits, and with it whatever work wanted to call. Counts as no attempt. */
export class AccountWaitsError extends AdapterError {
  constructor(
    readonly why: WaitReason,
    readonly waitMs: number,
  ) {
    const category = why === "paused" ? "RATE_LIMIT" : "TRANSIENT";
    const code = why === "paused" ? "ERP005" : why === "circuit" ? "ERP001" : "UNAVAILABLE";
    super(TEXTS[why], { category, code, sent: "no", retryAfterMs: waitMs });
    this.name = "AccountWaitsError";
  }

  /** In how long the waiting work looks again: a circuit may close, and a window be cancelled, before its time. */
  get againInMs(): number {
    return Math.min(this.waitMs, 1_000);
  }
}
