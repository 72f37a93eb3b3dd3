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
import { EventExpander } from "./expand";
import { placeAfter, readCursor, writeCursor } from "./feed-cursor";

/** Raised when the log begins anew: then every cursor is of another epoch. */
export const FEED_EPOCH = 1;

/** The change feed: the tenant's record events in order, without gaps, from a cursor. */
@Injectable()
export class FeedService {
  constructor(
    private readonly db: Database,
    private readonly expander: EventExpander,
  ) {}

  /** Events behind the cursor; without one from the oldest that is kept. Throws 410 when the cursor's rows are gone. */
  async changes(ctx: CallContext, input: ReadChanges): Promise<Page<CloudEvent>> {
    let from = input.cursor ? readCursor(input.cursor) : { epoch: FEED_EPOCH, position: 0, ordinal: 0 };
    for (let first = true; ; first = false) {
      const range = await readLog(this.db, this.expander.expand, ctx.tenantId, {
        after: Math.max(0, from.position - 1),
        fromOrdinal: from.position === 0 ? 0 : from.ordinal,
        limit: input.limit ?? 100,
      });
      const known = !first || input.cursor === undefined || from.position + 1 >= range.oldest;
      if (from.epoch !== FEED_EPOCH || !known) throw gone();
      const last = range.events.at(-1);
      const items = range.events.filter((event) => event.type.startsWith("record.")).map(envelope);
      if (last) from = placeAfter(last, FEED_EPOCH);
      // an empty page means the end of the feed: other events of the log do not make one
      if (items.length > 0 || !last) return { items, next: writeCursor(from) };
    }
  }
}

/** The cursor that a record event carries. */
export function cursorOf(event: DomainEvent): string {
  return writeCursor(placeAfter(event, FEED_EPOCH));
}

function envelope(event: DomainEvent): CloudEvent {
  const { tenantid: _tenantId, ...wire } = toWire(event, cursorOf(event));
  return { subject: "", cursor: "", ...wire, data: wire.data as unknown as JsonObject };
}

function gone(): ProblemError {
  return new ProblemError("NOT_FOUND", "the changes behind this cursor are no longer kept", {
    status: 410,
    resolution: "Start from a baseline: page GET /erp/records/<Entity>, then go on without a cursor.",
  });
}
