import type { DomainEvent, EventRange, EventType } from "@dovetail/contracts";
import type { Clock } from "@dovetail/resilience";
import type { Log } from "../log";
import type { Applier } from "./applier";
import { behind, isNext, isPast, type Place } from "./place";
import type { PositionStore } from "./position-store";

/** What a feed asks its surroundings. */
export interface FeedLinks {
  /** The range of the producer's log behind a place. */
  read(place: Place): Promise<EventRange>;
  /** False when the lease is lost or the process ends. */
  mayWork(): boolean;
  /** There is work for `run`. */
  wanted(): void;
  log: Log;
  clock: Clock;
}

/** Most events kept in memory; what is more is read again later. */
const MOST_WAITING = 1000;
/** Events of one transaction: a slice that does not hold the database for long. */
const SLICE = 20;
/** Steps after which other tenants have their turn. */
const TURN = 50;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/** One tenant's part of a producer's log: takes events from the broker, fills gaps from the log, applies in order. */
export class TenantFeed<T extends EventType> {
  private place: Place | undefined;
  /** The place behind the queue. */
  private expected: Place = { position: 0, ordinal: 0 };
  private queue: DomainEvent[] = [];
  /** What came while the range was read: it may continue it. */
  private ahead: DomainEvent[] | undefined;
  private gap = true;
  private running = false;
  private pauseMs = FIRST_PAUSE_MS;
  private pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly tenantId: string,
    private readonly store: Pick<PositionStore, "load" | "move">,
    private readonly applier: Pick<Applier<T>, "applyRun">,
    private readonly links: FeedLinks,
  ) {}

  /** An event from the broker: in any order, any number of times. */
  offer(event: DomainEvent): void {
    if (this.ahead) {
      if (this.ahead.length < MOST_WAITING) this.ahead.push(event);
      else this.gap = true;
      return;
    }
    // A gap is read anyway, and the event with it.
    if (this.gap || isPast(event, this.expected)) return;
    if (isNext(event, this.expected) && this.queue.length < MOST_WAITING) {
      this.queue.push(event);
      this.expected = behind(event);
    } else {
      this.gap = true;
    }
    this.links.wanted();
  }

  /** Reads the range at the next opportunity, whatever the broker says. */
  check(): void {
    this.gap = true;
    this.links.wanted();
  }

  /** Whether everything that is known of has been applied. */
  get idle(): boolean {
    return !this.running && !this.gap && this.queue.length === 0;
  }

  /** Works until nothing is left or its turn is over. Never rejects; `due` says whether to call it again now. */
  async run(): Promise<void> {
    if (this.running || this.links.clock.monotonic() < this.pausedUntil) return;
    this.running = true;
    try {
      for (let step = 0; step < TURN && this.links.mayWork() && (this.gap || this.queue.length > 0); step++) {
        this.place ??= this.expected = await this.store.load(this.tenantId);
        if (this.queue.length > 0) await this.applySlice(this.place);
        else await this.fill(this.place);
      }
      this.pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      this.startOver(error);
    } finally {
      this.running = false;
    }
  }

  /** Whether `run` has something to do now. */
  get due(): boolean {
    return (
      !this.running &&
      this.links.mayWork() &&
      this.links.clock.monotonic() >= this.pausedUntil &&
      (this.gap || this.queue.length > 0)
    );
  }

  private async applySlice(place: Place): Promise<void> {
    const slice = this.queue.slice(0, SLICE);
    this.place = await this.applier.applyRun(this.tenantId, place, slice);
    this.queue.splice(0, slice.length);
  }

  private async fill(place: Place): Promise<void> {
    this.gap = false;
    this.ahead = [];
    this.expected = place;
    const range = await this.links.read(place);
    if (await this.adjusted(place, range)) return;
    const came = this.ahead;
    this.ahead = undefined;
    for (const event of range.events) this.take(event);
    // Not at the end yet, or the answer was cut.
    if (this.expected.position < range.head) {
      if (range.events.length === 0) throw new Error(`the log ends at ${range.head} but gave nothing`);
      this.gap = true;
    }
    for (const event of came) this.offer(event);
  }

  private take(event: DomainEvent): void {
    if (isPast(event, this.expected)) return;
    if (!isNext(event, this.expected)) throw new Error(`the log has a hole before position ${event.position}`);
    this.queue.push(event);
    this.expected = behind(event);
  }

  /** Meets a log that does not reach back to our place, or ends before it. */
  private async adjusted(place: Place, { head, oldest }: EventRange): Promise<boolean> {
    let to: Place | undefined;
    if (place.position > head) to = { position: head, ordinal: 0 };
    else if (place.position < oldest - 1) to = { position: oldest - 1, ordinal: 0 };
    if (!to) return false;
    if (place.position > 0) {
      const members = { stored: place.position, head, oldest };
      this.links.log.error(members, "the log does not continue at the stored position; going on from what it has");
    }
    await this.store.move(this.tenantId, place, to, async () => undefined);
    this.place = to;
    this.expected = to;
    this.ahead = undefined;
    this.gap = true;
    return true;
  }

  private startOver(error: unknown): void {
    this.links.log.warn({ err: error }, "a consumer of the event log pauses");
    this.place = undefined;
    this.queue = [];
    this.ahead = undefined;
    this.gap = true;
    this.pausedUntil = this.links.clock.monotonic() + this.pauseMs;
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
  }
}
