import { ENTITIES, uuidv7, type EntityName, type Json } from "@dovetail/domain";
import { ProblemError, type DomainEvent, type ProblemDocument } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { DeadLetterRow, NewReason, PushLetter, SourceLetter } from "./dead-letter";

export type { DeadLetterRow, NewReason, PushLetter, SourceLetter } from "./dead-letter";

export const LETTER_COLUMNS = `id, kind, direction, integration, entity, key, external_id, reason, waiting_entity, waiting_id, problem,
  payload, io, job_id, push_id, status, attempts, version, note, closed_by, created_at, updated_at`;

const READ_AGAIN = `direction = 'inbound' and reason in ('INCOMPLETE', 'IN_FLIGHT') and external_id is not null`;

/** SQL of dead letters inside a tenant transaction. */
@Injectable()
export class DeadLetterRepository {
  async get(tx: Tx, id: string, lock = false): Promise<DeadLetterRow | undefined> {
    return tx.one<DeadLetterRow>(
      `select ${LETTER_COLUMNS} from sync_engine.dead_letters where tenant_id = $1 and id = $2 ${lock ? "for update" : ""}`,
      [tx.tenantId, id],
    );
  }

  /** Parked rows of an entity that came through the page merge and still wait for the field merge. */
  async unmerged(tx: Tx, integration: number, entity: EntityName, limit: number): Promise<DeadLetterRow[]> {
    return tx.query<DeadLetterRow>(
      `select ${LETTER_COLUMNS} from sync_engine.dead_letters
       where tenant_id = $1 and integration = $2 and entity = $3 and status = 'OPEN' and reason = 'MERGE' order by id limit $4`,
      [tx.tenantId, integration, ENTITIES[entity].code, limit],
    );
  }

  /** Parked rows whose parent is known by now. */
  async releasable(tx: Tx, integration: number, limit: number, after: string): Promise<DeadLetterRow[]> {
    return tx.query<DeadLetterRow>(
      `select ${LETTER_COLUMNS} from sync_engine.dead_letters d
       where tenant_id = $1 and integration = $2 and status = 'OPEN' and direction = 'inbound' and waiting_id is not null and id > $4
         and (exists (select 1 from sync_engine.records r where r.external_id = d.waiting_id and r.tenant_id = d.tenant_id
                and r.entity = d.waiting_entity and r.integration = d.integration)
           or exists (select 1 from sync_engine.links k where k.external_id = d.waiting_id and k.tenant_id = d.tenant_id
                and k.entity = d.waiting_entity and k.integration = d.integration))
       order by id limit $3`,
      [tx.tenantId, integration, limit, after],
    );
  }

  /** How many rows wait for a parent, or for a read that shows them whole. */
  async countWaiting(tx: Tx, integration: number): Promise<number> {
    const row = await tx.one<{ n: number }>(
      `select count(*)::int n from sync_engine.dead_letters
       where tenant_id = $1 and integration = $2 and status = 'OPEN' and (waiting_id is not null or ${READ_AGAIN})`,
      [tx.tenantId, integration],
    );
    return row?.n ?? 0;
  }

  /** Has every row read again that was incomplete, or was read while a push of it was under way. */
  async readAgain(tx: Tx, integration: number): Promise<void> {
    await tx.execute(
      `insert into sync_engine.work (tenant_id, kind, id, priority)
       select tenant_id, 'reread', integration || ':' || entity || ':' || external_id, 3 from sync_engine.dead_letters
       where tenant_id = $1 and integration = $2 and status = 'OPEN' and ${READ_AGAIN}
       on conflict do nothing`,
      [tx.tenantId, integration],
    );
  }

  async resolve(tx: Tx, id: string, note: string): Promise<boolean> {
    const n = await tx.execute(
      `update sync_engine.dead_letters set status = 'RESOLVED', note = $3, version = version + 1, updated_at = now()
       where tenant_id = $1 and id = $2 and status = 'OPEN'`,
      [tx.tenantId, id, note],
    );
    return n === 1;
  }

  /** A letter stays open under another reason; an older one of the same source row is settled by it, a conflict by a conflict only. */
  async keep(tx: Tx, row: DeadLetterRow, next: NewReason): Promise<void> {
    await tx.execute(
      `update sync_engine.dead_letters set status = 'RESOLVED', note = 'a later read of the row is listed', updated_at = now()
       where tenant_id = $1 and integration = $2 and entity = $3 and external_id = $4 and direction = 'inbound' and status = 'OPEN' and id <> $5
         and (kind <> 'CONFLICT' or $6 = 'CONFLICT')`,
      [tx.tenantId, row.integration, row.entity, row.external_id, row.id, next.kind],
    );
    await tx.execute(
      `update sync_engine.dead_letters set kind = $3, reason = $4, waiting_entity = $5, waiting_id = $6, problem = $7, payload = coalesce($8, payload),
         attempts = attempts + 1, version = version + 1, updated_at = now()
       where tenant_id = $1 and id = $2`,
      [
        tx.tenantId,
        row.id,
        next.kind,
        next.reason,
        next.waitingEntity,
        next.waitingId,
        next.problem === null ? null : JSON.stringify(next.problem),
        next.payload === undefined ? null : JSON.stringify(next.payload),
      ],
    );
  }

  /** Lists a source row that was read singly; it replaces what was listed of the same row, but a conflict that it does not tell of. */
  async saveSource(
    tx: Tx,
    integration: number,
    entity: EntityName,
    letter: SourceLetter,
    io: number,
    jobId: string | null = null,
  ): Promise<void> {
    await tx.execute(
      `update sync_engine.dead_letters set status = 'RESOLVED', note = 'a later read of the row is listed', version = version + 1,
         updated_at = now()
       where tenant_id = $1 and integration = $2 and entity = $3 and external_id = $4 and direction = 'inbound' and status = 'OPEN'
         and (kind <> 'CONFLICT' or $5 = 'CONFLICT')`,
      [tx.tenantId, integration, ENTITIES[entity].code, letter.externalId, letter.kind],
    );
    await tx.execute(
      `insert into sync_engine.dead_letters
         (tenant_id, id, kind, direction, integration, entity, key, external_id, reason, waiting_entity, waiting_id, problem, payload, io,
          erp_version, job_id)
       values ($1, $2, $3, 'inbound', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        tx.tenantId,
        letter.id,
        letter.kind,
        integration,
        ENTITIES[entity].code,
        letter.key,
        letter.externalId,
        letter.reason,
        letter.waitingEntity,
        letter.waitingId,
        letter.problem === null ? null : JSON.stringify(letter.problem),
        JSON.stringify(letter.payload),
        io,
        letter.erpVersion ?? null,
        jobId,
      ],
    );
  }

  /**
   * A conflict that is listed already stays the same letter, with what was read now; what else is listed of the row is settled
   * by this read. False when there is none of the row; `letterId`: the letter of this read, which is not needed then.
   */
  async conflictStands(
    tx: Tx,
    row: { integration: number; entity: number; externalId: string; io: number; letterId: string | null },
    conflict: { problem: ProblemDocument; payload: Json },
  ): Promise<boolean> {
    const problem = JSON.stringify(conflict.problem);
    const n = await tx.execute(
      `update sync_engine.dead_letters set payload = $5, io = $6, problem = $7, updated_at = now(), attempts = attempts + 1,
         version = version + case when problem is distinct from $7::jsonb then 1 else 0 end
       where tenant_id = $1 and integration = $2 and entity = $3 and external_id = $4 and direction = 'inbound' and status = 'OPEN'
         and kind = 'CONFLICT'`,
      [tx.tenantId, row.integration, row.entity, row.externalId, JSON.stringify(conflict.payload), row.io, problem],
    );
    if (n === 0) return false;
    // another page's left-over is compared by itself
    await tx.execute(
      `update sync_engine.dead_letters set status = 'RESOLVED', note = 'the conflict is listed already', version = version + 1,
         updated_at = now()
       where tenant_id = $1 and integration = $2 and entity = $3 and external_id = $4 and direction = 'inbound' and status = 'OPEN'
         and kind <> 'CONFLICT' and (reason <> 'MERGE' or id = $5)`,
      [tx.tenantId, row.integration, row.entity, row.externalId, row.letterId],
    );
    return true;
  }

  /** Notes a conflict that the field policy has settled: it was never open. */
  async saveSettled(
    tx: Tx,
    integration: number,
    { entity, key, externalId, io }: { entity: EntityName; key: string; externalId: string; io: number },
    note: string,
    payload: Json,
  ): Promise<void> {
    await tx.execute(
      `insert into sync_engine.dead_letters
         (tenant_id, id, kind, direction, integration, entity, key, external_id, reason, payload, io, status, note)
       values ($1, $2, 'CONFLICT', 'inbound', $3, $4, $5, $6, 'SETTLED', $7, $8, 'RESOLVED', $9)`,
      [tx.tenantId, uuidv7(), integration, ENTITIES[entity].code, key, externalId, JSON.stringify(payload), io, note],
    );
  }

  /** Settles what is listed of a source row. */
  async resolveSource(
    tx: Tx,
    integration: number,
    entity: EntityName,
    externalId: string,
    note: string,
  ): Promise<void> {
    await tx.execute(
      `update sync_engine.dead_letters set status = 'RESOLVED', note = $5, version = version + 1, updated_at = now()
       where tenant_id = $1 and integration = $2 and entity = $3 and external_id = $4 and direction = 'inbound' and status = 'OPEN'`,
      [tx.tenantId, integration, ENTITIES[entity].code, externalId, note],
    );
  }

  /** Lists a push; a second failure of the same push replaces what was said. */
  async savePush(tx: Tx, letter: PushLetter): Promise<void> {
    await tx.execute(
      `insert into sync_engine.dead_letters as d (tenant_id, id, kind, direction, integration, entity, key, reason, problem, payload, push_id)
       values ($1, $2, 'PUSH', 'outbound', $3, $4, $5, $6, $7, $8, $9)
       on conflict (tenant_id, push_id) where status = 'OPEN' and push_id is not null
       do update set reason = excluded.reason, problem = excluded.problem, payload = excluded.payload, attempts = d.attempts + 1,
         version = d.version + 1, updated_at = now()`,
      [
        tx.tenantId,
        uuidv7(),
        letter.integration,
        ENTITIES[letter.entity].code,
        letter.key,
        letter.reason,
        letter.problem === null ? null : JSON.stringify(letter.problem),
        JSON.stringify(letter.payload),
        letter.pushId,
      ],
    );
  }

  /** Lists an event of another service that could not be applied. */
  async savePoison(tx: Tx, event: DomainEvent, error: unknown): Promise<void> {
    const problem = new ProblemError("INTERNAL", `event ${event.type} of ${event.producer} could not be applied`, {
      cause: error,
    });
    await tx.execute(
      `insert into sync_engine.dead_letters (tenant_id, id, kind, direction, key, reason, problem, payload)
       values ($1, $2, 'EVENT', 'inbound', $3, 'INTERNAL', $4, $5)`,
      [
        tx.tenantId,
        uuidv7(),
        event.id,
        JSON.stringify(problem.problem),
        JSON.stringify({ type: event.type, position: event.position }),
      ],
    );
  }

  /** Settles what an earlier push of the link had left open. */
  async resolvePushes(tx: Tx, integration: number, entity: EntityName, key: string, note: string): Promise<void> {
    await tx.execute(
      `update sync_engine.dead_letters set status = 'RESOLVED', note = $5, version = version + 1, updated_at = now()
       where tenant_id = $1 and integration = $2 and entity = $3 and key = $4 and direction = 'outbound' and status = 'OPEN'`,
      [tx.tenantId, integration, ENTITIES[entity].code, key, note],
    );
  }

  /** Has a row read again that was listed before anybody knew that it is the document a push has made. */
  async readLinked(tx: Tx, integration: number, entity: EntityName, externalId: string): Promise<void> {
    await tx.execute(
      `insert into sync_engine.work (tenant_id, kind, id, priority)
       select tenant_id, 'reread', integration || ':' || entity || ':' || external_id, 3 from sync_engine.dead_letters
       where tenant_id = $1 and integration = $2 and entity = $3 and external_id = $4 and direction = 'inbound' and status = 'OPEN'
       on conflict do nothing`,
      [tx.tenantId, integration, ENTITIES[entity].code, externalId],
    );
  }

  /** Moves a row of a job from parked to what it became, so that `read` stays the sum. */
  async recount(tx: Tx, jobId: string | null, to: "created" | "updated" | "unchanged" | "rejected"): Promise<void> {
    if (jobId === null) return;
    await tx.execute(
      `update sync_engine.jobs set parked = parked - 1, ${to} = ${to} + 1 where tenant_id = $1 and id = $2 and parked > 0`,
      [tx.tenantId, jobId],
    );
  }
}
