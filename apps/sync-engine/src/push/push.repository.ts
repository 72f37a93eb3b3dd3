import { ENTITIES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import type { Category, Excerpt, PushOperation } from "@dovetail/adapter-sdk";
import type { ProblemDocument, TransactionStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import type { PushRow } from "./push";

/** What changes on a push when its status does. */
export interface PushChange {
  status: TransactionStatus;
  problem?: ProblemDocument | null;
  category?: Category | null;
  externalId?: string;
  handle?: Json;
  request?: Excerpt;
  response?: Excerpt;
  waiting?: { entity: EntityName; key: string } | null;
  lookedUp?: number;
}

/** What is about to leave, by which adapter. */
export interface Sending {
  operation: PushOperation;
  fields: readonly string[];
  /** The fields' values. */
  sent: JsonObject;
  adapter: string;
}

/** A request that is about to leave. */
export interface SentMark {
  /** The I/O number that it carries. */
  io: number;
  reference: string;
  /** The reference is that of an earlier version's create: the ERP may answer with what that one made. */
  inherited: boolean;
}

const MARK_SENT = `
  with mine as (select * from sync_engine.pushes where tenant_id = $1 and id = $2 and status in ('pending', 'parked')),
  earlier as (
    select o.reference from sync_engine.pushes o, mine m
    where $3 in ('create', 'post') and o.tenant_id = m.tenant_id and o.entity = m.entity and o.key = m.key and o.integration = m.integration
      and o.id <> m.id and o.sent_at is not null and o.operation in ('create', 'post') and o.status <> 'confirmed'
      and o.version > coalesce((select max(c.version) from sync_engine.pushes c where c.tenant_id = m.tenant_id and c.entity = m.entity
        and c.key = m.key and c.integration = m.integration and c.status = 'confirmed'), 0)
    order by o.sent_at limit 1)
  update sync_engine.pushes p set status = 'sent', operation = $3, fields = $4,
    sent = case when exists (select 1 from earlier) then null else $6::jsonb end, attempts = p.attempts + 1, sent_at = clock_timestamp(), adapter = $5,
    doubted = p.doubted and p.operation = $3, handle = null,
    io = nextval('sync_engine.io_numbers'), waiting_entity = null, waiting_key = null, looked_up = 0, problem = null, updated_at = now(),
    reference = case when $3 in ('create', 'post') then coalesce((select reference from earlier), p.reference)
      when p.sent_at is not null and p.operation <> $3 then sync_engine.new_reference() else p.reference end
  where p.tenant_id = $1 and p.id = $2 and p.status in ('pending', 'parked')
  returning p.io, p.reference, exists (select 1 from earlier) inherited`;

const COLUMNS = `id, integration, entity, key, version, operation, status, reference, attempts, category, handle, fields, sent, looked_up, adapter,
  (extract(epoch from clock_timestamp() - sent_at) * 1000)::float8 sent_ms`;

/** SQL of pushes inside a tenant transaction. */
@Injectable()
export class PushRepository {
  constructor(private readonly crash: CrashPoints) {}

  /** Open pushes of a link, the one in flight first, then the newest. */
  async open(tx: Tx, integration: number, entity: number, key: string): Promise<PushRow[]> {
    return tx.query<PushRow>(
      `select ${COLUMNS} from sync_engine.pushes
       where tenant_id = $1 and entity = $3 and key = $4 and integration = $2 and status in ('pending', 'parked', 'sent', 'accepted', 'unknown')
       order by status in ('sent', 'accepted', 'unknown') desc, version desc`,
      [tx.tenantId, integration, entity, key],
    );
  }

  async get(tx: Tx, id: string): Promise<PushRow | undefined> {
    return tx.one<PushRow>(`select ${COLUMNS} from sync_engine.pushes where tenant_id = $1 and id = $2 for update`, [
      tx.tenantId,
      id,
    ]);
  }

  /**
   * Notes that the request is about to leave. A create goes under the reference of an earlier create of the same document
   * that may have had an effect, so that the ERP can tell; an update after a create gets a reference of its own.
   */
  async markSent(tx: Tx, id: string, sending: Sending): Promise<SentMark> {
    const { operation, fields, sent, adapter } = sending;
    const row = await tx.one<{ io: number; reference: string; inherited: boolean }>(MARK_SENT, [
      tx.tenantId,
      id,
      operation,
      fields,
      adapter,
      JSON.stringify(sent),
    ]);
    if (!row) throw new Error(`push ${id} is not pending`);
    return { io: Number(row.io), reference: row.reference, inherited: row.inherited };
  }

  /**
   * A rejected request had no effect: should it leave again, then under a reference of its own. Whoever keeps answers by
   * reference would give the old one. One that was in doubt before keeps its reference: an earlier sending may have made
   * the document, and only the reference tells.
   */
  async change(tx: Tx, id: string, to: PushChange): Promise<void> {
    this.crash.at("push.before-settle");
    const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));
    await tx.execute(
      `update sync_engine.pushes set status = $3, problem = $4, category = $5, external_id = coalesce($6, external_id),
         handle = coalesce($7, handle), request = coalesce($8, request), response = coalesce($9, response),
         waiting_entity = $10, waiting_key = $11, looked_up = coalesce($12, looked_up), updated_at = now(),
         sent = case when $3 in ('sent', 'accepted', 'unknown') then sent end,
         doubted = $3 <> 'accepted' and (doubted or $3 = 'unknown'),
         sent_at = case when $3 = 'rejected' and not doubted then null else sent_at end,
         reference = case when $3 = 'rejected' and not doubted then sync_engine.new_reference() else reference end
       where tenant_id = $1 and id = $2`,
      [
        tx.tenantId,
        id,
        to.status,
        json(to.problem),
        to.category ?? null,
        to.externalId ?? null,
        json(to.handle),
        json(to.request),
        json(to.response),
        to.waiting ? ENTITIES[to.waiting.entity].code : null,
        to.waiting?.key ?? null,
        to.lookedUp ?? null,
      ],
    );
  }

  /** Draws the number with which a push is resolved: pages read before it must not revert it. */
  async nextIo(tx: Tx): Promise<number> {
    const row = await tx.one<{ io: number }>(`select nextval('sync_engine.io_numbers') io`);
    return Number(row?.io);
  }

  /** Wakes pushes that wait for this link. */
  async wakeWaiting(tx: Tx, integration: number, entity: EntityName, key: string): Promise<void> {
    await tx.execute(
      `update sync_engine.work w set due_at = clock_timestamp() from sync_engine.pushes p
       where p.tenant_id = $1 and p.integration = $2 and p.waiting_entity = $3 and p.waiting_key = $4 and p.status = 'parked'
         and w.tenant_id = $1 and w.kind = 'push' and w.id = p.integration || ':' || p.entity || ':' || p.key`,
      [tx.tenantId, integration, ENTITIES[entity].code, key],
    );
  }

  /** Whether the entity's first load at this account is complete. */
  async baselineDone(tx: Tx, integration: number, entity: EntityName): Promise<boolean> {
    const row = await tx.one<{ baseline: boolean }>(
      `select baseline from sync_engine.cursors where tenant_id = $1 and integration = $2 and entity = $3`,
      [tx.tenantId, integration, ENTITIES[entity].code],
    );
    return row?.baseline ?? false;
  }
}
