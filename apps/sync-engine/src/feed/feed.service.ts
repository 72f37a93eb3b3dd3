import {
  ProblemError,
  type CallContext,
  type CloudEvent,
  type DomainEvent,
  type Page,
  type ReadChanges,
} from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { Database } from "@dovetail/database";
import { readLog, toWire } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { DatabaseGeneration } from "../recovery/database-generation";
import { EventExpander } from "./expand";
import { placeAfter, readCursor, writeCursor } from "./feed-cursor";

/** The change feed: the tenant's record events in order, without gaps, from a cursor. */
@Injectable()
export class FeedService {
  constructor(
    private readonly db: Database,
    private readonly expander: EventExpander,
    private readonly generation: DatabaseGeneration,
  ) {}

  /** Events behind the cursor; without one from the oldest that is kept. Throws 410 when the cursor's rows are gone. */
  async changes(ctx: CallContext, input: ReadChanges): Promise<Page<CloudEvent>> {
    const epoch = this.generation.current;
    let from = input.cursor ? readCursor(input.cursor) : { epoch, position: 0, ordinal: 0 };
    for (let first = true; ; first = false) {
      const range = await readLog(this.db, this.expander.expand, ctx.tenantId, {
        after: Math.max(0, from.position - 1),
        fromOrdinal: from.position === 0 ? 0 : from.ordinal,
        limit: input.limit ?? 100,
      });
      // ahead of the log: the database is older than the cursor
      const within = from.position + 1 >= range.oldest && from.position <= range.head;
      const known = !first || input.cursor === undefined || within;
      if (from.epoch !== epoch || !known) throw gone();
      const last = range.events.at(-1);
      const items = range.events
        .filter((event) => event.type.startsWith("record."))
        .map((event) => envelope(event, this.expander.cursorOf(event)));
      if (last) from = placeAfter(last, epoch);
      // an empty page means the end of the feed: other events of the log do not make one
      if (items.length > 0 || !last) return { items, next: writeCursor(from) };
    }
  }
}

function envelope(event: DomainEvent, cursor: string): CloudEvent {
  const { tenantid: _tenantId, ...wire } = toWire(event, cursor);
  return { subject: "", cursor: "", ...wire, data: wire.data as unknown as JsonObject };
}

function gone(): ProblemError {
  return new ProblemError("NOT_FOUND", "the changes behind this cursor are no longer kept", {
    status: 410,
    resolution: "Start from a baseline: page GET /erp/records/<Entity>, then go on without a cursor.",
  });
}
