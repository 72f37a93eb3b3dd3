import { AdapterError } from "@dovetail/adapter-sdk";
import { backoff, type Clock } from "@dovetail/resilience";
import { AccountWaitsError, type WaitReason } from "./account-waits.error";
import type { BudgetRepository, CircuitRule, Holder, Lease } from "./budget.repository";
import { turnOf, type Lane } from "./lane";
import { newPermit, type CallLimits, type Permit } from "./permit";
import { Waiting } from "./waiting";

const CIRCUIT: CircuitRule = { threshold: 5, openMs: 30_000, longestMs: 300_000 };
/** Shorter than the leases of work: whoever takes over a dead process's work finds its slots free. Renewed at every turn. */
const LEASE_MS = 10_000;
const TURN_MS = 1_000;
/** A call rather waits here than sends its work back, if it is not for longer. */
const HERE_MS = 2_000;
/** Others hold the slots; they give theirs up at their next turn. */
const UNMET_MS = 100;
/** In any 60 s no more than the rate: a second ahead of time, and up to 1.5 s between drawing a call and making it. */
const WINDOW_MS = 62_500;
const DRAWN_MS = 1_500;

/** What this process may call at one account: slots and calls leased for about a second at a time, for all its work. */
export class AccountCalls {
  private slots = 0;
  private used = 0;
  /** Most calls at the same time, and calls made, since the last turn. */
  private peak = 0;
  private made = 0;
  /** What the last turn asked for, and how many slots stand under this process's name since. */
  private asked = 0;
  private told = 0;
  private deadline = -Infinity;
  private drawn = 0;
  private drawnUntil = -Infinity;
  private nextCallAt = -Infinity;
  private turnAt = 0;
  private contended = false;
  private probing = false;
  private failures = 0;
  private refusals = 0;
  /** `since`: when it was heard. */
  private closed: { until: number; since: number; why: WaitReason } | undefined;
  private lookers: (() => void)[] = [];
  private readonly waiting = new Waiting<Permit>();
  private leading: Promise<void> | undefined;
  private urgent = false;
  private sleep: { until: number; abort: AbortController } | undefined;
  private ended = false;

  constructor(
    private readonly holder: Holder,
    private readonly repository: BudgetRepository,
    private readonly clock: Clock,
    public limits: CallLimits,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  /** For how long nobody calls the account, as far as is known here, and why. */
  get waits(): { ms: number; why: WaitReason } | undefined {
    const ms = this.closed ? this.closed.until - this.clock.monotonic() : 0;
    return this.closed && ms > 0 ? { ms, why: this.closed.why } : undefined;
  }

  /** As `waits`; what was heard more than a moment ago is asked again, since another process may have ended it. */
  async look(): Promise<{ ms: number; why: WaitReason } | undefined> {
    if (this.closed && this.clock.monotonic() - this.closed.since >= TURN_MS && !this.ended) {
      const looked = new Promise<void>((done) => this.lookers.push(done));
      this.peak = Math.max(this.peak, 1);
      this.hurry();
      await looked;
    }
    return this.waits;
  }

  /** Waits for a slot and a call of the rate. Throws AccountWaitsError when nobody calls the account for a while. */
  enter(lane: Lane): Promise<Permit> {
    if (this.waiting.size === 0 && this.isFree()) return Promise.resolve(this.take());
    const entered = this.waiting.add(turnOf(lane, this.clock.monotonic()));
    this.wake();
    return entered;
  }

  /** A permit beside the budget, for a person's test. */
  enterAnyway(): Permit {
    this.used++;
    return newPermit(false, true);
  }

  leave(): void {
    this.used--;
    this.admit();
    this.wake();
  }

  /** A further request of an operation under way: it is not refused any more, but it counts. */
  async furtherRequest(): Promise<void> {
    while (this.limits.perMinute !== null && !this.drawIsThere()) {
      this.hurry();
      await this.clock.sleep(Math.min(Math.max(this.nextCallAt - this.clock.monotonic(), 5), TURN_MS));
    }
    this.made++;
    this.drawn--;
  }

  /** The ERP answered, whatever it thought of the request. */
  async answered(permit: Permit): Promise<void> {
    this.refusals = 0;
    if (this.failures === 0 && !permit.probe && !permit.force) return;
    if (this.closed?.why === "circuit" && !permit.probe && !permit.force) return;
    this.failures = 0;
    await this.noted(async () => {
      await this.repository.succeeded(this.holder, permit.force);
      this.probing = false;
      if (this.closed?.why === "circuit") this.closed = undefined;
      this.hurry();
    });
  }

  /** The ERP failed: it is paused, or counted against its circuit. */
  async failed(permit: Permit, error: AdapterError): Promise<void> {
    if (error.category === "RATE_LIMIT") {
      const usual = { baseMs: 1_000, maxMs: 60_000, jitter: 0.3, random: Math.random };
      const ms = error.retryAfterMs ?? backoff(++this.refusals, usual);
      this.close(ms, "paused");
      return this.noted(() => this.repository.pause(this.holder, ms));
    }
    if (error.category !== "TRANSIENT" && error.category !== "SERVER") return this.answered(permit);
    return this.noted(async () => {
      const { failures, openMs } = await this.repository.failed(this.holder, error.category, CIRCUIT);
      this.failures = failures;
      this.probing = false;
      if (openMs !== null) this.close(openMs, "circuit");
    });
  }

  /** Gives everything back. */
  async end(): Promise<void> {
    this.ended = true;
    this.waiting.refuse(new AccountWaitsError("paused", TURN_MS));
    this.hurry();
    await this.leading;
  }

  private isFree(): boolean {
    const now = this.clock.monotonic();
    if (this.ended || this.used >= this.slots || now >= this.deadline || this.waits) return false;
    return this.limits.perMinute === null || this.drawIsThere();
  }

  private drawIsThere(): boolean {
    return this.drawn > 0 && this.clock.monotonic() < this.drawnUntil;
  }

  private take(): Permit {
    this.used++;
    this.made++;
    this.drawn--;
    this.peak = Math.max(this.peak, this.used);
    return newPermit(this.probing, false);
  }

  private admit(): void {
    while (this.waiting.size > 0 && this.isFree()) this.waiting.next(this.take());
  }

  private close(ms: number, why: WaitReason): void {
    const since = this.clock.monotonic();
    if (!this.closed || this.closed.until < since + ms) this.closed = { until: since + ms, since, why };
    if (ms > HERE_MS) this.waiting.refuse(new AccountWaitsError(why, ms));
  }

  private hurry(): void {
    this.urgent = true;
    this.wake();
  }

  /** One loop per account and process leases for everybody who calls here; it ends when nobody does. */
  private wake(): void {
    if (this.leading) {
      if (this.sleep && this.clock.monotonic() + this.untilTurn() < this.sleep.until) this.sleep.abort.abort();
    } else if (this.waiting.size > 0 || this.used > 0 || this.lookers.length > 0)
      this.leading = this.turns().finally(() => {
        this.leading = undefined;
        if (!this.ended && this.waiting.size > 0) this.wake();
      });
  }

  private async turns(): Promise<void> {
    // whoever comes in this moment is leased for at once
    await Promise.resolve();
    for (;;) {
      const idle = this.ended || (this.peak === 0 && this.used === 0 && this.waiting.size === 0);
      try {
        await this.turn(idle);
      } catch (error) {
        this.onTrouble(error);
        this.looked();
        if (!this.ended) await this.clock.sleep(TURN_MS);
        else return;
        continue;
      }
      if (this.ended || (idle && this.used === 0 && this.waiting.size === 0)) return;
      const ms = this.untilTurn();
      this.sleep = { until: this.clock.monotonic() + ms, abort: new AbortController() };
      await this.clock.sleep(ms, this.sleep.abort.signal).catch(() => undefined);
      this.sleep = undefined;
    }
  }

  private async turn(idle: boolean): Promise<void> {
    const now = this.clock.monotonic();
    const wanted = idle ? 0 : Math.min(this.limits.concurrent, Math.max(this.peak, this.used + this.waiting.size));
    const { perMinute } = this.limits;
    const unused = this.drawIsThere() ? this.drawn : 0;
    // while the answer is awaited calls go on: whatever may begin until then is kept from the others
    if (idle || now >= this.deadline) this.slots = 0;
    const wish = {
      limit: this.limits.concurrent,
      wanted,
      inUse: Math.max(this.slots, this.used),
      leaseMs: LEASE_MS,
      intervalMs: perMinute === null ? null : WINDOW_MS / perMinute,
      calls: perMinute === null ? 0 : this.callsToDraw(perMinute, now),
      unused,
    };
    this.asked = wanted;
    this.urgent = false;
    this.peak = this.used;
    this.made = 0;
    this.drawn = 0;
    this.turnAt = now;
    const lease = await this.repository.lease(this.holder, wish);
    this.told = Math.max(lease.slots, wish.inUse);
    this.apply(lease, now);
    this.admit();
    this.looked();
  }

  private callsToDraw(perMinute: number, now: number): number {
    const seconds = Math.max(0.1, (now - this.turnAt) / 1000);
    const wanted = Math.max(1, this.waiting.size, Math.ceil(this.made / seconds));
    return Math.min(wanted, Math.ceil(perMinute / 60));
  }

  private apply(lease: Lease, from: number): void {
    this.slots = lease.slots;
    this.deadline = from + LEASE_MS;
    this.contended = lease.contended;
    this.drawn = lease.calls;
    this.drawnUntil = from + DRAWN_MS;
    this.nextCallAt = from + (lease.next_call_ms ?? 0);
    this.probing = lease.probe;
    this.failures = lease.failures;
    if (lease.wait_ms !== null && lease.why !== null) {
      this.closed = undefined;
      this.close(lease.wait_ms, lease.why);
    } else if (this.closed && (this.closed.why === "circuit" || from - this.closed.since >= TURN_MS))
      // a pause that was met here this moment may not have reached the table yet
      this.closed = undefined;
  }

  private looked(): void {
    for (const done of this.lookers.splice(0)) done();
  }

  private untilTurn(): number {
    const { concurrent } = this.limits;
    if (this.urgent || (this.contended && this.told > Math.max(this.slots, this.used))) return 0;
    if (this.waiting.size === 0) return TURN_MS;
    if (this.waits) return Math.min(this.waits.ms, TURN_MS);
    if (Math.min(concurrent, this.used + this.waiting.size) > this.asked) return 0;
    if (this.used >= this.slots) return this.slots >= concurrent ? TURN_MS : UNMET_MS;
    return Math.min(Math.max(this.nextCallAt - this.clock.monotonic(), 1), TURN_MS);
  }

  private async noted(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.onTrouble(error);
    }
  }
}
