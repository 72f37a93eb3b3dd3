import type { DomainEvent } from "@dovetail/contracts";
import { diffRecords, type JsonObject } from "@dovetail/domain";
import { Database } from "@dovetail/database";
import { oneEvent, type Expand, type LogRow } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { entityOf } from "../pull/source-row.service";
import { DatabaseGeneration } from "../recovery/database-generation";
import { changeId } from "../transactions/change-id";
import { placeAfter, writeCursor } from "./feed-cursor";

interface ChangeRow {
  n: number;
  entity: number;
  key: string;
  version: number;
  op: "c" | "u" | "d";
  before: JsonObject | null;
  /** The document, while this version is the newest. */
  doc: JsonObject | null;
}

const TYPES = { c: "record.created", u: "record.updated", d: "record.deleted" } as const;
const single = oneEvent("sync-engine");

/** Expands a page's log row into its changes, and a baseline row into its event. */
@Injectable()
export class EventExpander {
  constructor(
    private readonly db: Database,
    private readonly generation: DatabaseGeneration,
  ) {}

  /** The cursor that a record event carries; its epoch is the generation of the database. */
  readonly cursorOf = (event: DomainEvent): string => writeCursor(placeAfter(event, this.generation.current));

  readonly expand: Expand = async (row, from, limit) => {
    if (row.type === "record.page") return this.page(row, from, limit);
    if (row.type === "record.baseline") return [baseline(row)];
    return single(row, from, limit);
  };

  private async page(row: LogRow, from: number, limit: number): Promise<DomainEvent[]> {
    const changes = await this.db.readOnly(row.tenantId, (tx) =>
      tx.query<ChangeRow>(
        `select c.n, c.entity, c.key, c.version, c.op, c.before, case when r.version = c.version then r.doc end doc
         from sync_engine.changes c join sync_engine.records r on r.tenant_id = c.tenant_id and r.entity = c.entity and r.key = c.key
         where c.tenant_id = $1 and c.page_id = $2 and c.n >= $3 order by c.n limit $4`,
        [row.tenantId, row.pageId, from, limit],
        "expand_page",
      ),
    );
    return changes.map((change) => event(row, change));
  }
}

function event(row: LogRow, change: ChangeRow): DomainEvent {
  const entity = entityOf(change.entity);
  const { doc, before } = change;
  // a version that was passed over in the meantime travels without its record: a later event carries the newer one
  const fields = doc && before && change.op === "u" ? { changedFields: diffRecords(entity, before, doc) } : {};
  return {
    id: changeId(String(row.pageId), change.n),
    type: TYPES[change.op],
    producer: "sync-engine",
    tenantId: row.tenantId,
    tenant: row.tenant,
    position: row.position,
    ordinal: change.n,
    of: row.n,
    time: row.time,
    ...(row.source === undefined ? {} : { source: row.source }),
    ...(row.traceparent === undefined ? {} : { traceparent: row.traceparent }),
    data: {
      entityType: entity,
      key: change.key,
      version: change.version,
      ...fields,
      ...(doc && change.op !== "d" ? { record: doc } : {}),
    },
  };
}

function baseline(row: LogRow): DomainEvent {
  const { entity, count, jobId } = row.data as { entity: number; count: number; jobId: string };
  return {
    id: row.id,
    type: "record.baseline",
    producer: "sync-engine",
    tenantId: row.tenantId,
    tenant: row.tenant,
    position: row.position,
    ordinal: 0,
    of: 1,
    time: row.time,
    ...(row.source === undefined ? {} : { source: row.source }),
    data: { entityType: entityOf(entity), count, jobId },
  };
}
