import { ProblemError, type DomainEvent, type EventType, type Producer } from "@dovetail/contracts";
import { CommitUnknownError, DatabaseUnavailableError, type Tx } from "@dovetail/database";
import { backoff, systemClock, type Clock } from "@dovetail/resilience";
import { childSpan, parseTraceparent, withLogContext, withTrace } from "@dovetail/service-kit";
import type { Log } from "../log";
import { behind, type Place } from "./place";
import { PositionMovedError, type PositionStore } from "./position-store";

/** What is done with events. */
export interface Effects<T extends EventType> {
  producer: Producer;
  /** The types that `apply` wants (all when absent); the position passes over the others. */
  types?: readonly T[];
  /** The effect of one event, through `tx` alone: it is run again when the transaction is. */
  apply(tx: Tx, event: DomainEvent<T>): Promise<void>;
  /** Notes an event whose `apply` failed five times; the position then moves on. */
  /** Told once effects are committed: what they have made may be worked on. */
  applied?: () => void;
  onPoison(tx: Tx, event: DomainEvent<T>, error: unknown): Promise<void>;
  log: Log;
  clock?: Clock;
}

const ATTEMPTS = 5;

/** Applies events in order; each with the position in one transaction. */
export class Applier<T extends EventType> {
  private readonly wanted: ReadonlySet<string> | undefined;
  private readonly clock: Clock;

  constructor(
    private readonly store: PositionStore,
    private readonly effects: Effects<T>,
  ) {
    this.wanted = effects.types && new Set<string>(effects.types);
    this.clock = effects.clock ?? systemClock;
  }

  /**
   * Applies a run of successive events, together when that goes well. Answers the new place. Throws when the database
   * or a service that `apply` needs is away, or the position was moved: read the position and try again.
   */
  async applyRun(tenantId: string, from: Place, events: readonly DomainEvent[]): Promise<Place> {
    const last = events.at(-1);
    if (!last) return from;
    if (events.length > 1) {
      try {
        const to = behind(last);
        await this.store.move(tenantId, from, to, (tx) => this.effectOf(tx, events));
        this.effects.applied?.();
        return to;
      } catch (error) {
        if (isOutage(error)) throw error;
      }
    }
    // One of them fails; one by one the others are kept.
    let place = from;
    for (const event of events) place = await this.applyOne(tenantId, place, event);
    return place;
  }

  private async applyOne(tenantId: string, from: Place, event: DomainEvent): Promise<Place> {
    const to = behind(event);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.store.move(tenantId, from, to, (tx) => this.effectOf(tx, [event]));
        this.effects.applied?.();
        return to;
      } catch (error) {
        if (isOutage(error)) throw error;
        const members = { err: error, event: event.id, type: event.type, position: event.position, attempt };
        this.effects.log.warn(members, "an event could not be applied");
        if (attempt >= ATTEMPTS) {
          if (!this.wants(event)) throw error;
          await this.poison(tenantId, from, event, error);
          return to;
        }
      }
      await this.clock.sleep(backoff(attempt, { baseMs: 50, maxMs: 2000, jitter: 0.5, random: Math.random }));
    }
  }

  private async poison(tenantId: string, from: Place, event: DomainEvent<T>, error: unknown): Promise<void> {
    await this.store.move(tenantId, from, behind(event as DomainEvent), (tx) =>
      this.effects.onPoison(tx, event, error),
    );
  }

  private async effectOf(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    for (const event of events) {
      if (!this.wants(event)) continue;
      const trace = childSpan(parseTraceparent(event.traceparent));
      const fields = { tenant: event.tenant, operation: event.type };
      await withTrace(trace, () => withLogContext(fields, () => this.effects.apply(tx, event)));
    }
  }

  private wants(event: DomainEvent): event is DomainEvent & DomainEvent<T> {
    return this.wanted === undefined || this.wanted.has(event.type);
  }
}

/** Not the event's fault: waiting helps, and counting would send good events to the dead letters. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ProblemError) return error.code === "UNAVAILABLE";
  return (
    error instanceof DatabaseUnavailableError ||
    error instanceof CommitUnknownError ||
    error instanceof PositionMovedError
  );
}
