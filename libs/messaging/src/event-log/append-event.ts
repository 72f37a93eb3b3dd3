import type { EventData, EventType } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { uuidv7 } from "@dovetail/domain";
import { currentTrace, formatTraceparent } from "@dovetail/service-kit";
import { EVENT_BYTES } from "../limits";

/** An event to be told to other services. `tenant` is the tenant's short name, as in subjects. */
export type NewEvent = {
  [K in EventType]: { tenant: string; type: K; source?: string; data: EventData[K] };
}[EventType];

const INSERT = `insert into event_log (tenant_id, tenant, id, type, source, traceparent, data)
  values ($1, $2, $3, $4, $5, $6, $7)`;

/**
 * Writes the event to the log within the transaction of its effect, after the rows that it tells of are locked: events
 * of one row then keep their order. Answers the event's id; the relay gives the position after the commit.
 */
export async function appendEvent(tx: Tx, event: NewEvent): Promise<string> {
  const id = uuidv7();
  const data = JSON.stringify(event.data);
  // Record events lose their record on the way out; others have nothing that could be left out.
  if (!event.type.startsWith("record.") && Buffer.byteLength(data) > EVENT_BYTES)
    throw new Error(`an event ${event.type} is larger than ${EVENT_BYTES} bytes`);
  const trace = currentTrace();
  await tx.execute(
    INSERT,
    [tx.tenantId, event.tenant, id, event.type, event.source ?? null, trace ? formatTraceparent(trace) : null, data],
    "append_event",
  );
  return id;
}
