import { ENTITIES, type EntityName, type Json } from "@dovetail/domain";
import type { Category, Excerpt } from "@dovetail/adapter-sdk";
import type { ProblemDocument, TransactionStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import { statusesBefore, type PushRow } from "./push";

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

const COLUMNS = `id, integration, entity, key, version, operation, status, reference, attempts, category, handle, fields, sent, looked_up, mapping, channel, adapter,
  (extract(epoch from clock_timestamp() - sent_at) * 1000)::float8 sent_ms,
  (extract(epoch from clock_timestamp() - updated_at) * 1000)::float8 since_ms`;

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

  /** The push goes through this account's file exchange from now on; false when it has left already, or another way. */
  async choose(tx: Tx, id: string, channel: number): Promise<boolean> {
    const n = await tx.execute(
      `update sync_engine.pushes set channel = $3, updated_at = now()
       where tenant_id = $1 and id = $2 and status in ('pending', 'parked') and sent_at is null and channel is null`,
      [tx.tenantId, id, channel],
    );
    return n === 1;
  }

  /**
   * A rejected request had no effect: should it leave again, then under a reference of its own. Whoever keeps answers by
   * reference would give the old one. One that was in doubt before keeps its reference: an earlier sending may have made
   * the document, and only the reference tells. False: it has gone another way meanwhile, and stays as it is.
   */
  async change(tx: Tx, id: string, to: PushChange): Promise<boolean> {
    this.crash.at("push.before-settle");
    const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));
    const changed = await tx.execute(
      `update sync_engine.pushes set status = $3, problem = $4, category = $5, external_id = coalesce($6, external_id),
         handle = coalesce($7, handle), request = coalesce($8, request), response = coalesce($9, response),
         waiting_entity = $10, waiting_key = $11, looked_up = coalesce($12, looked_up), updated_at = now(),
         sent = case when $3 in ('sent', 'accepted', 'unknown') then sent end,
         doubted = $3 <> 'accepted' and (doubted or $3 = 'unknown'),
         sent_at = case when $3 = 'rejected' and not doubted then null else sent_at end,
         reference = case when $3 = 'rejected' and not doubted then sync_engine.new_reference() else reference end
       where tenant_id = $1 and id = $2 and status = any($13)`,
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
        statusesBefore(to.status),
      ],
    );
    return changed > 0;
  }

  /** The last mark led to no call. */
  async uncount(tx: Tx, id: string): Promise<void> {
    await tx.execute(
      `update sync_engine.pushes set attempts = greatest(attempts - 1, 0),
         sent_at = case when attempts <= 1 and not doubted then null else sent_at end
       where tenant_id = $1 and id = $2`,
      [tx.tenantId, id],
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
}
