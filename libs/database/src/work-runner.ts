import { randomBytes } from "node:crypto";
import { systemClock, type Clock } from "@dovetail/resilience";
import { Bell } from "./bell";
import type { Database } from "./database";
import { LeaseKeeper } from "./lease-keeper";
import { claimWork, finishWork, rescheduleWork, WorkLostError, type Claim, type ClaimRequest } from "./work";

/** How a handler left its work. `finished`: it has finished or rescheduled the row itself, with the work's effect. */
export type WorkResult = { done: true } | { againInMs: number } | { finished: true };

/** How a runner works. */
export interface WorkRunnerOptions {
  /** Opened with `dispatchUrl`. */
  db: Database;
  kinds: readonly string[];
  /** Handlers at the same time. */
  concurrency: number;
  /** How work is claimed; claimWork when absent. */
  claim?: (request: ClaimRequest) => Promise<Claim[]>;
  /** The signal aborts when the claim was lost or the runner no longer waits; the handler must then stop writing. */
  handler: (claim: Claim, signal: AbortSignal) => Promise<WorkResult>;
  /** At least 30,000 in production: a pause of the process shorter than this loses nothing. Default 30,000. */
  leaseMs?: number;
  /** Longest time until due work is seen without a nudge; at most 1,000, the default. */
  pollMs?: number;
  /** Delay after a handler threw; 5,000. */
  retryMs?: number;
  /** How long stop() waits before it aborts the handlers; 10,000. */
  drainMs?: number;
  clock?: Clock;
  /** Told of what went wrong; the work itself is repeated. */
  onError?: (error: unknown, claim?: Claim) => void;
}

/** Claims work of some kinds and has it done. */
export class WorkRunner {
  readonly owner = `${process.pid}-${randomBytes(4).toString("hex")}`;
  private readonly clock: Clock;
  private readonly bell: Bell;
  private readonly leaseMs: number;
  private readonly leases: LeaseKeeper;
  private readonly running = new Map<Promise<void>, AbortController>();
  private stopping = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly options: WorkRunnerOptions) {
    this.clock = options.clock ?? systemClock;
    this.bell = new Bell(this.clock);
    this.leaseMs = options.leaseMs ?? 30_000;
    const { db } = options;
    const onError = (error: unknown) => this.report(error);
    this.leases = new LeaseKeeper({ db, clock: this.clock, leaseMs: this.leaseMs, onError });
  }

  start(): void {
    this.loop ??= this.claimLoop();
  }

  /** Something may be due: look now. */
  nudge(): void {
    this.bell.ring();
  }

  /** Handlers at work. */
  get busy(): number {
    return this.running.size;
  }

  /** Claims nothing more, lets the handlers end, aborts those that take longer than `drainMs`. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.bell.ring();
    await this.loop;
    const drained = new AbortController();
    const patience = this.clock.sleep(this.options.drainMs ?? 10_000, drained.signal).then(
      () => this.running.forEach((abort) => abort.abort(new Error("stopping"))),
      () => undefined,
    );
    await Promise.all(this.running.keys());
    drained.abort();
    await patience;
  }

  private async claimLoop(): Promise<void> {
    const { db, kinds, concurrency, pollMs = 1_000 } = this.options;
    const claim = this.options.claim ?? ((request) => claimWork(db, request));
    while (!this.stopping) {
      const limit = Math.min(100, concurrency - this.running.size);
      let claims: Claim[] = [];
      if (limit > 0) {
        try {
          claims = await claim({ kinds, owner: this.owner, limit, leaseMs: this.leaseMs, clock: this.clock });
        } catch (error) {
          this.report(error);
        }
      }
      for (const claim of claims) this.take(claim);
      if (claims.length === 0 || this.running.size >= concurrency) await this.bell.wait(pollMs);
    }
  }

  private take(claim: Claim): void {
    const abort = new AbortController();
    const run = this.run(claim, abort)
      .catch((error: unknown) => this.report(error, claim))
      .finally(() => {
        this.running.delete(run);
        this.bell.ring();
      });
    this.running.set(run, abort);
  }

  private async run(claim: Claim, abort: AbortController): Promise<void> {
    const release = this.leases.keep(claim, () => abort.abort(new WorkLostError(claim)));
    let result: WorkResult;
    try {
      result = await this.options.handler(claim, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.report(error, claim);
      result = { againInMs: abort.signal.aborted ? 0 : (this.options.retryMs ?? 5_000) };
    } finally {
      release();
    }
    if ("finished" in result) return;
    // Also tried when the deadline has passed: the epoch decides, and work that nobody took is free sooner.
    await this.options.db.transaction(claim.tenantId, (tx) =>
      "done" in result ? finishWork(tx, claim) : rescheduleWork(tx, claim, result.againInMs),
    );
  }

  private report(error: unknown, claim?: Claim): void {
    this.options.onError?.(error, claim);
  }
}
