import type { TransactionStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";

/** What a replay is asked to take up, in the words of the tables. */
export interface ReplayWanted {
  integration: number;
  inbound: boolean;
  outbound: boolean;
  /** Codes of entities; null: all. */
  entities: number[] | null;
  /** At or after `from`, before `to`. */
  from: string;
  to: string | null;
  mapping: "original" | "current";
}

/** One row that came in, as a change or as what was not applied. */
export interface ReplayRow {
  page_id: string;
  n: number;
  entity: number;
  external_id: string | null;
  /** Of the run that brought it; null where it is not known any more. */
  mapping: number | null;
}

export interface ReplayLetter {
  id: string;
  entity: number;
  external_id: string;
}

export interface ReplayPush {
  id: string;
  status: TransactionStatus;
  mapping: number | null;
}

/** One push and its link, locked. */
export interface PushToForce {
  id: string;
  integration: number;
  entity: number;
  key: string;
  status: TransactionStatus;
  external_id: string | null;
  deleted: boolean;
  version: number;
  /** Another push of the link that has not ended. */
  open: boolean;
}

const CHANGES = `sync_engine.pages p join sync_engine.changes c on c.tenant_id = p.tenant_id and c.page_id = p.page_id
  left join sync_engine.records r on r.tenant_id = c.tenant_id and r.entity = c.entity and r.key = c.key
  left join sync_engine.links l on l.tenant_id = c.tenant_id and l.entity = c.entity and l.key = c.key and l.integration = p.integration`;
// a row that changed again within the range is met again at its last change
const CHANGE_FITS = `p.tenant_id = $1 and p.integration = $2 and ($3::int[] is null or p.entity = any($3)) and p.at >= $4 and p.at < $5 and not exists (
    select 1 from sync_engine.pages q where q.tenant_id = p.tenant_id and q.page_id = r.page_id and q.page_id > p.page_id
      and q.integration = p.integration and q.at < $5)`;
const LETTER_FITS = `tenant_id = $1 and integration = $2 and ($3::int[] is null or entity = any($3)) and created_at >= $4 and created_at < $5
  and status = 'OPEN' and direction = 'inbound' and external_id is not null and reason <> 'MERGE'`;
const PUSH_FITS = `tenant_id = $1 and integration = $2 and ($3::int[] is null or entity = any($3)) and created_at >= $4 and created_at < $5`;
/** The mapping that was the newest when the push was last sent, or planned. */
const MAPPING_THEN = `(select max(m.version) from sync_engine.account_mappings m where m.tenant_id = p.tenant_id
  and m.integration = p.integration and m.entity = p.entity and m.created_at <= coalesce(p.sent_at, p.created_at))`;

/** SQL of replays inside a tenant transaction. The end of a range is never open: what comes while one replays stays out. */
@Injectable()
export class ReplayRepository {
  async count(tx: Tx, wanted: ReplayWanted, to: string): Promise<number> {
    const parts = [
      ...(wanted.inbound ? [`select 1 from ${CHANGES} where ${CHANGE_FITS}`] : []),
      ...(wanted.inbound ? [`select 1 from sync_engine.dead_letters where ${LETTER_FITS}`] : []),
      ...(wanted.outbound ? [`select 1 from sync_engine.pushes where ${PUSH_FITS}`] : []),
    ];
    const row = await tx.one<{ n: number }>(
      `select count(*)::int n from (${parts.join(" union all ")}) x`,
      range(tx, wanted, to),
    );
    return row?.n ?? 0;
  }

  /** Rows that came in as changes, in the order of their coming. */
  async rows(
    tx: Tx,
    wanted: ReplayWanted,
    to: string,
    after: { page: string; n: number },
    limit: number,
  ): Promise<ReplayRow[]> {
    return tx.query<ReplayRow>(
      `select c.page_id::text as page_id, c.n, c.entity, case when r.integration = p.integration then r.external_id else l.external_id end external_id,
         coalesce((select j.mapping_version from sync_engine.jobs j where j.tenant_id = p.tenant_id and j.id = p.job_id),
           (select max(m.version) from sync_engine.account_mappings m where m.tenant_id = p.tenant_id and m.integration = p.integration
              and m.entity = c.entity and m.created_at <= p.at)) mapping
       from ${CHANGES} where ${CHANGE_FITS} and (p.page_id, c.n) > ($6::bigint, $7::int) order by p.page_id, c.n limit $8`,
      [...range(tx, wanted, to), after.page, after.n, limit],
    );
  }

  /** Rows that came in and were not applied. */
  async letters(
    tx: Tx,
    wanted: ReplayWanted,
    to: string,
    after: string | null,
    limit: number,
  ): Promise<ReplayLetter[]> {
    return tx.query<ReplayLetter>(
      `select id, entity, external_id from sync_engine.dead_letters where ${LETTER_FITS} and ($6::uuid is null or id > $6) order by id limit $7`,
      [...range(tx, wanted, to), after, limit],
    );
  }

  async pushes(tx: Tx, wanted: ReplayWanted, to: string, after: string | null, limit: number): Promise<ReplayPush[]> {
    return tx.query<ReplayPush>(
      `select id, status, ${MAPPING_THEN} mapping from sync_engine.pushes p
       where ${PUSH_FITS} and ($6::uuid is null or id > $6) order by id limit $7`,
      [...range(tx, wanted, to), after, limit],
    );
  }

  /** From here on the push is made with this version of the mapping; null: with the newest. */
  async pin(tx: Tx, pushId: string, mapping: number | null): Promise<void> {
    await tx.execute(`update sync_engine.pushes set mapping = $3 where tenant_id = $1 and id = $2`, [
      tx.tenantId,
      pushId,
      mapping,
    ]);
  }

  /** The mapping of a push's time. */
  async mappingThen(tx: Tx, pushId: string): Promise<number | null> {
    const row = await tx.one<{ mapping: number | null }>(
      `select ${MAPPING_THEN} mapping from sync_engine.pushes p where tenant_id = $1 and id = $2`,
      [tx.tenantId, pushId],
    );
    return row?.mapping ?? null;
  }

  /** A push with its record locked; undefined when there is none, or no record any more. */
  async lockPush(tx: Tx, id: string): Promise<PushToForce | undefined> {
    return tx.one<PushToForce>(
      `select p.id, p.integration, p.entity, p.key, p.status, r.deleted, r.version,
         case when r.integration = p.integration then r.external_id else (select l.external_id from sync_engine.links l
           where l.tenant_id = p.tenant_id and l.integration = p.integration and l.entity = p.entity and l.key = p.key) end external_id,
         exists (select 1 from sync_engine.pushes o where o.tenant_id = p.tenant_id and o.entity = p.entity and o.key = p.key
           and o.integration = p.integration and o.status in ('pending', 'parked', 'sent', 'accepted', 'unknown', 'rejected')) as open
       from sync_engine.pushes p join sync_engine.records r on r.tenant_id = p.tenant_id and r.entity = p.entity and r.key = p.key
       where p.tenant_id = $1 and p.id = $2 for update of r`,
      [tx.tenantId, id],
    );
  }

  /**
   * The link is as one that the ERP never showed, so that all is sent and no version is minded; with `gone` as one of a
   * document that the ERP does not have.
   */
  async forgetShown(tx: Tx, push: PushToForce, gone: boolean): Promise<void> {
    for (const table of ["records", "links"])
      await tx.execute(
        `update sync_engine.${table} set shadow = null, shadow_hash = null, shadow_mapping = null, accepted = null,
           external_id = case when $5 then null else external_id end, erp_version = null,
           push_io = nextval('sync_engine.io_numbers')
         where tenant_id = $1 and integration = $2 and entity = $3 and key = $4`,
        [tx.tenantId, push.integration, push.entity, push.key, gone],
      );
  }

  /** A new push of the record as it is now, under a reference of its own; answers its id. */
  async pushAnew(tx: Tx, push: PushToForce, mapping: number | null): Promise<string> {
    const row = await tx.one<{ id: string }>(
      `insert into sync_engine.pushes (tenant_id, id, integration, entity, key, version, operation, status, reference, mapping)
       select tenant_id, sync_engine.new_id(), integration, entity, key, $3, operation, 'pending', sync_engine.new_reference(), $4
       from sync_engine.pushes where tenant_id = $1 and id = $2 returning id`,
      [tx.tenantId, push.id, push.version, mapping],
    );
    return row?.id ?? "";
  }
}

function range(tx: Tx, wanted: ReplayWanted, to: string): unknown[] {
  return [tx.tenantId, wanted.integration, wanted.entities, wanted.from, to];
}
