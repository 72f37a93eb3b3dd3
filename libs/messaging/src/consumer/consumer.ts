import { readEvents, serviceContext, type DomainEvent, type EventType } from "@dovetail/contracts";
import type { Database } from "@dovetail/database";
import { systemClock, type Clock } from "@dovetail/resilience";
import { Bell } from "../bell";
import type { Bus } from "../bus";
import { Lease } from "../event-log/lease";
import { Gate } from "../gate";
import { silentLog, type Log } from "../log";
import { Applier, type Effects } from "./applier";
import type { Place } from "./place";
import { PositionStore } from "./position-store";
import { StreamTap } from "./stream-tap";
import { TenantFeed } from "./tenant-feed";

/** A tenant as the consumer needs it; `name` is the short name, as in subjects. */
export interface ConsumerTenant {
  id: string;
  name: string;
}

/** What a consumer works with. */
export interface ConsumerOptions<T extends EventType> extends Omit<Effects<T>, "log"> {
  /** The consuming service's own database: it holds the positions. */
  db: Database;
  bus: Bus;
  /** Name of the consuming service: registered at the producer. */
  service: string;
  tenants(): Promise<readonly ConsumerTenant[]>;
  log?: Log;
  /** How often the range is read regardless of the stream, milliseconds (30,000). */
  checkMs?: number;
  /** How long a lease of a process that fell silent lasts, milliseconds (30,000). */
  leaseMs?: number;
}

const AT_ONCE = 4;
const RANGE = 500;
const LIST_MS = 1000;

/**
 * Applies a producer's events, per tenant in position order, each exactly once: the position is stored in the
 * transaction of the effect. The broker only makes it fast; what it loses, repeats or reorders is put right from the
 * producer's log. Several processes may start one: a lease lets one work.
 */
export class Consumer<T extends EventType = EventType> {
  private readonly bell = new Bell();
  private readonly gate = new Gate(AT_ONCE, Number.POSITIVE_INFINITY);
  private readonly lease: Lease;
  private readonly store: PositionStore;
  private readonly applier: Applier<T>;
  private readonly tap: StreamTap;
  private readonly feeds = new Map<string, TenantFeed<T>>();
  private readonly scheduled = new Set<TenantFeed<T>>();
  private readonly log: Log;
  private readonly clock: Clock;
  private checkedAt = Number.NEGATIVE_INFINITY;
  private listedAt = Number.NEGATIVE_INFINITY;
  /** An event of a tenant came that we have not heard of. */
  private stranger = false;
  private stopped = false;
  private loop: Promise<void> | undefined;
  private readonly forget: () => void;

  constructor(private readonly options: ConsumerOptions<T>) {
    const { db, bus, producer, service, leaseMs } = options;
    this.log = options.log ?? silentLog;
    this.clock = options.clock ?? systemClock;
    this.lease = new Lease(db, `consumer:${service}:${producer}`, leaseMs === undefined ? {} : { ttlMs: leaseMs });
    this.store = new PositionStore(db, producer);
    this.applier = new Applier(this.store, { ...pick(options), log: this.log });
    this.tap = new StreamTap(bus, producer, (event) => this.receive(event), this.log);
    this.forget = bus.onReconnect(() => void this.tap.stop().then(() => this.bell.ring()));
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Reads the log at once instead of at the next message or check. */
  check(): void {
    this.checkedAt = Number.NEGATIVE_INFINITY;
    this.bell.ring();
  }

  /** Ends after the slices in hand and lets another process take over at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.forget();
    this.bell.ring();
    await this.loop;
    await this.gate.drained();
    await this.tap.stop();
    await this.lease.release().catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        if (await this.lease.keep()) await this.round();
        else await this.rest();
      } catch (error) {
        this.log.warn({ err: error, producer: this.options.producer }, "a consumer of the event log cannot work now");
      }
      if (!this.stopped) await this.bell.wait(1000);
    }
  }

  private async round(): Promise<void> {
    const { bus, checkMs = 30_000 } = this.options;
    if (!this.tap.open && bus.status() === "up") {
      await this.tap
        .start(() => this.bell.ring())
        .catch((error: unknown) => {
          this.log.warn({ err: error }, "the stream cannot be listened to now");
        });
      // What came before the tap was open is in the log.
      this.checkedAt = Number.NEGATIVE_INFINITY;
    }
    const now = this.clock.monotonic();
    if (now - this.checkedAt >= checkMs) {
      await this.list(now);
      for (const feed of this.feeds.values()) feed.check();
      this.checkedAt = now;
    } else if (this.stranger && now - this.listedAt >= LIST_MS) {
      await this.list(now);
    }
    for (const feed of this.feeds.values()) this.schedule(feed);
  }

  /** Each feed waits at most once for its turn, and behind the others after it. */
  private schedule(feed: TenantFeed<T>): void {
    if (!feed.due || this.scheduled.has(feed)) return;
    this.scheduled.add(feed);
    this.gate.enter(async () => {
      this.scheduled.delete(feed);
      await feed.run();
      this.schedule(feed);
    });
  }

  /** New feeds begin by reading the log. */
  private async list(now: number): Promise<void> {
    this.stranger = false;
    this.listedAt = now;
    const tenants = await this.options.tenants();
    const known = new Set(tenants.map(({ id }) => id));
    for (const id of this.feeds.keys()) if (!known.has(id)) this.feeds.delete(id);
    for (const tenant of tenants) if (!this.feeds.has(tenant.id)) this.feeds.set(tenant.id, this.feedOf(tenant));
  }

  private feedOf(tenant: ConsumerTenant): TenantFeed<T> {
    const feed: TenantFeed<T> = new TenantFeed(tenant.id, this.store, this.applier, {
      read: (place) => this.read(tenant, place),
      mayWork: () => !this.stopped && this.lease.held(),
      wanted: () => this.schedule(feed),
      log: this.log,
      clock: this.clock,
    });
    return feed;
  }

  private read(tenant: ConsumerTenant, place: Place) {
    const { bus, producer, service } = this.options;
    const input = { consumer: service, after: place.position, fromOrdinal: place.ordinal, limit: RANGE };
    return bus.call(readEvents[producer], serviceContext(service, tenant.id, tenant.name), input);
  }

  private receive(event: DomainEvent): void {
    const feed = this.feeds.get(event.tenantId);
    if (feed) feed.offer(event);
    else this.stranger = true;
  }

  private async rest(): Promise<void> {
    if (this.tap.open) await this.tap.stop();
    this.feeds.clear();
  }
}

function pick<T extends EventType>(options: ConsumerOptions<T>): Omit<Effects<T>, "log"> {
  return {
    producer: options.producer,
    apply: (tx, event) => options.apply(tx, event),
    onPoison: (tx, event, error) => options.onPoison(tx, event, error),
    ...(options.applied ? { applied: options.applied } : {}),
    ...(options.types ? { types: options.types } : {}),
    ...(options.clock ? { clock: options.clock } : {}),
  };
}
