import type { DomainEvent, Producer } from "@dovetail/contracts";
import type { Database } from "@dovetail/database";
import { Bell } from "../bell";
import type { Bus } from "../bus";
import { silentLog, type Log } from "../log";
import { Lease } from "./lease";
import { expandRow, LOG_COLUMNS, logRow, oneEvent, type Expand, type LogRow, type StoredLogRow } from "./log-row";
import { Publisher } from "./publisher";

/** What a relay works with. */
export interface RelayOptions {
  /** The producer's own database, opened with `dispatchUrl`. */
  db: Database;
  bus: Bus;
  producer: Producer;
  /** Needed when rows stand for several events. */
  expand?: Expand;
  /** The change feed's cursor behind a record event, for subscribers outside. */
  cursorOf?: (event: DomainEvent) => string;
  log?: Log;
  /** How often it looks without being nudged, milliseconds (500). */
  pollMs?: number;
  /** How long a lease of a process that fell silent lasts, milliseconds (30,000). */
  leaseMs?: number;
}

const NUMBER_AT_ONCE = 1000;
const ROWS_AT_ONCE = 100;
const EVENTS_AT_ONCE = 200;

/** Further behind than this the broker is not filled up: consumers read the range from the log instead. */
const MOST_BEHIND = 10_000;

interface Head {
  tenant_id: string;
  position: number;
  published: number;
}

/**
 * Gives committed rows of the log their positions, without gaps per tenant, and publishes them. Several processes may
 * start one: a lease lets one work. Numbering is safe without it, by the lock of the tenant's head row.
 */
export class Relay {
  private readonly bell = new Bell();
  private readonly lease: Lease;
  private readonly publisher: Publisher;
  private readonly expand: Expand;
  private readonly log: Log;
  private loop: Promise<void> | undefined;
  private stopped = false;
  private readonly forget: () => void;

  constructor(private readonly options: RelayOptions) {
    const { db, bus, producer, leaseMs } = options;
    this.lease = new Lease(db, `relay:${producer}`, leaseMs === undefined ? {} : { ttlMs: leaseMs });
    this.publisher = new Publisher(bus, producer, options.cursorOf);
    this.expand = options.expand ?? oneEvent(producer);
    this.log = options.log ?? silentLog;
    this.forget = bus.onReconnect(() => this.bell.ring());
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Something was committed: look at once. */
  nudge(): void {
    this.bell.ring();
  }

  /** Ends after the round in hand and lets another process take over at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.forget();
    this.bell.ring();
    await this.loop;
    await this.lease.release().catch(() => undefined);
  }

  private async run(): Promise<void> {
    let troubled = false;
    while (!this.stopped) {
      let more = false;
      try {
        if (await this.lease.keep()) more = await this.round();
        troubled = false;
      } catch (error) {
        if (!troubled) this.log.warn({ err: error }, "the relay of the event log cannot work now");
        troubled = true;
      }
      if (!more && !this.stopped) await this.bell.wait(this.options.pollMs ?? 500);
    }
  }

  /** True when there is more to do at once. */
  private async round(): Promise<boolean> {
    const { db, bus } = this.options;
    const [row] = await db.dispatch<{ total: number }>(
      `select ${db.schema}.number_log($1) as total`,
      [NUMBER_AT_ONCE],
      "number_log",
    );
    const full = (row?.total ?? 0) >= NUMBER_AT_ONCE;
    if (bus.status() === "down") return full;
    return (await this.publishPending()) || full;
  }

  private async publishPending(): Promise<boolean> {
    const { db } = this.options;
    const heads = await db.dispatch<Head>(
      `select tenant_id, position, published from ${db.schema}.log_heads where published < position`,
      [],
      "log_heads_behind",
    );
    if (heads.length === 0) return false;
    await this.publisher.prepare();
    let more = false;
    for (const head of heads) {
      if (this.stopped || !this.lease.held()) return false;
      more = (await this.publishTenant(head)) || more;
    }
    return more;
  }

  private async publishTenant(head: Head): Promise<boolean> {
    const { db } = this.options;
    const from = Math.max(head.published, head.position - MOST_BEHIND);
    const stored = await db.dispatch<StoredLogRow>(
      `select ${LOG_COLUMNS} from ${db.schema}.event_log
       where tenant_id = $1 and position > $2 order by position limit ${ROWS_AT_ONCE}`,
      [head.tenant_id, from],
      "event_log_range",
    );
    for (const row of stored) await this.publishRow(logRow(row));
    await this.publisher.settle();
    // Rows that are already gone (retention) count as published.
    const upTo = stored.length < ROWS_AT_ONCE ? Math.max(head.position, stored.at(-1)?.position ?? 0) : undefined;
    await db.dispatch(
      `update ${db.schema}.log_heads set published = $2 where tenant_id = $1 and published < $2`,
      [head.tenant_id, upTo ?? stored.at(-1)?.position ?? from],
      "log_heads_published",
    );
    return upTo === undefined;
  }

  private async publishRow(row: LogRow): Promise<void> {
    for (let ordinal = 0; ordinal < row.n;) {
      let events: DomainEvent[];
      try {
        events = await expandRow(this.expand, row, ordinal, EVENTS_AT_ONCE);
      } catch (error) {
        // Consumers meet the gap and ask for the row; the rows behind it must not wait for that.
        this.log.error({ err: error, event: row.id }, "a row of the event log cannot be expanded");
        return;
      }
      for (const event of events) await this.publisher.send(event, row.id);
      ordinal += events.length;
    }
  }
}
