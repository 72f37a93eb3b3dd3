import { readEvents, type DomainEvent, type EventRange, type Producer, type ReadEvents } from "@dovetail/contracts";
import type { Database } from "@dovetail/database";
import type { Bus } from "../bus";
import { PAGE_BYTES } from "../limits";
import { expandRow, LOG_COLUMNS, logRow, oneEvent, type Expand, type StoredLogRow } from "./log-row";

/** What answers `events.read`. */
export interface ServeEventsOptions {
  db: Database;
  producer: Producer;
  expand?: Expand;
}

const ROWS_AT_ONCE = 50;
const EVENTS_AT_ONCE = 100;

const REGISTER = `insert into log_consumers as c (tenant_id, consumer, position) values ($1, $2, $3)
  on conflict (tenant_id, consumer) do update set position = excluded.position, seen_at = clock_timestamp()
  where c.position <> excluded.position or c.seen_at < clock_timestamp() - interval '1 minute'`;

const BOUNDS = `select coalesce(h.position, 0)::bigint as head, coalesce(
    (select min(e.position) from event_log e where e.tenant_id = $1 and e.position is not null), h.position + 1, 1
  )::bigint as oldest
  from (select 1) one left join log_heads h on h.tenant_id = $1`;

const RANGE = `select ${LOG_COLUMNS} from event_log
  where tenant_id = $1 and position > $2 order by position limit ${ROWS_AT_ONCE}`;

/**
 * Answers `events.read` of a producer from its log: the events behind a position in order, at most 512 KiB, with the
 * newest and the oldest position. Whoever asks is registered: the rows that it still needs are kept.
 */
export function serveEvents(bus: Bus, options: ServeEventsOptions): void {
  const expand = options.expand ?? oneEvent(options.producer);
  bus.handle(readEvents[options.producer], (input, ctx) => readRange(options.db, expand, ctx.tenantId, input));
}

async function readRange(db: Database, expand: Expand, tenantId: string, input: ReadEvents): Promise<EventRange> {
  await db.transaction(tenantId, (tx) =>
    tx.execute(REGISTER, [tenantId, input.consumer, input.after], "register_consumer"),
  );
  return readLog(db, expand, tenantId, input);
}

/** A range of a service's own log, for the change feed: as `events.read`, but nobody is registered. */
export async function readLog(
  db: Database,
  expand: Expand,
  tenantId: string,
  input: Pick<ReadEvents, "after" | "fromOrdinal" | "limit">,
): Promise<EventRange> {
  const bounds = await db.readOnly(tenantId, (tx) =>
    tx.one<{ head: number; oldest: number }>(BOUNDS, [tenantId], "log_bounds"),
  );
  const page = new Page(input.limit);
  let after = input.after;
  let from = input.fromOrdinal ?? 0;
  while (!page.full) {
    const rows = await db.readOnly(tenantId, (tx) => tx.query<StoredLogRow>(RANGE, [tenantId, after], "log_range"));
    for (const stored of rows) {
      const row = logRow(stored);
      // The first ordinal wanted is one of the position directly behind `after`.
      let ordinal = row.position === input.after + 1 ? from : 0;
      while (ordinal < row.n && !page.full) {
        const events = await expandRow(expand, row, ordinal, Math.min(page.room, EVENTS_AT_ONCE));
        ordinal += page.take(events);
      }
      if (page.full) break;
      after = row.position;
    }
    from = 0;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  return { events: page.events, head: bounds?.head ?? 0, oldest: bounds?.oldest ?? 1 };
}

/** Events up to a number and a size; the first always fits. */
class Page {
  readonly events: DomainEvent[] = [];
  full = false;
  private bytes = 0;

  constructor(private readonly limit: number) {}

  get room(): number {
    return this.limit - this.events.length;
  }

  take(events: readonly DomainEvent[]): number {
    for (const [taken, event] of events.entries()) {
      this.bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
      if (this.bytes > PAGE_BYTES && this.events.length > 0) {
        this.full = true;
        return taken;
      }
      this.events.push(event);
      if (this.events.length >= this.limit) {
        this.full = true;
        return taken + 1;
      }
    }
    return events.length;
  }
}
