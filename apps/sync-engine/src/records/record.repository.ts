import { ENTITIES, type EntityName } from "@dovetail/domain";
import { currentTrace, formatTraceparent } from "@dovetail/service-kit";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import type { Creating } from "../pull/read-rules";
import { masterLink, type Canonical, type LinkRow, type RecordRow } from "./record";

/** One accepted version of one record. */
export interface NewChange {
  tenant: string;
  entity: EntityName;
  version: number;
  canonical: Canonical;
  deleted: boolean;
  integration: number | null;
  jobId: string | null;
  /** `/integrations/<name>`, a module or a user. */
  source: string;
}

const RECORD = `key, version, encode(hash, 'hex') hash, doc, deleted, integration, external_id, erp_version,
  encode(shadow_hash, 'hex') shadow_hash, shadow, shadow_mapping, accepted, push_io, push_open`;
const LINK = `external_id, erp_version, encode(shadow_hash, 'hex') shadow_hash, shadow, shadow_mapping, accepted, push_io, push_open`;

/** SQL of single records and their links, inside a tenant transaction. */
@Injectable()
export class RecordRepository {
  constructor(private readonly crash: CrashPoints) {}

  /** The record under its row lock: the lock under which versions are counted. */
  async lock(tx: Tx, entity: EntityName, key: string): Promise<RecordRow | undefined> {
    return tx.one<RecordRow>(
      `select ${RECORD} from sync_engine.records where tenant_id = $1 and entity = $2 and key = $3 for update`,
      [tx.tenantId, ENTITIES[entity].code, key],
    );
  }

  /** The record without its lock, to plan on. */
  async read(tx: Tx, entity: EntityName, key: string): Promise<RecordRow | undefined> {
    return tx.one<RecordRow>(
      `select ${RECORD} from sync_engine.records where tenant_id = $1 and entity = $2 and key = $3`,
      [tx.tenantId, ENTITIES[entity].code, key],
    );
  }

  /**
   * Takes the key's turn where there is no row to lock yet: two first writers of one key follow each other.
   * Ends with the transaction.
   */
  async lockNew(tx: Tx, entity: EntityName, key: string): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`${tx.tenantId}/${entity}/${key}`]);
  }

  /** The link of one integration; `lock` the record first. */
  async link(
    tx: Tx,
    entity: EntityName,
    row: RecordRow | undefined,
    key: string,
    integration: number,
  ): Promise<LinkRow | undefined> {
    const beside = row && masterLink(row, integration);
    if (beside) return beside;
    const found = await tx.one<Omit<LinkRow, "master">>(
      `select ${LINK} from sync_engine.links where tenant_id = $1 and integration = $2 and entity = $3 and key = $4`,
      [tx.tenantId, integration, ENTITIES[entity].code, key],
    );
    return found && { ...found, master: false };
  }

  /** A create of the document that may have had an effect and is not settled. */
  async creating(tx: Tx, entity: EntityName, key: string, integration: number): Promise<Creating | undefined> {
    return tx.one<Creating>(CREATING, [tx.tenantId, ENTITIES[entity].code, key, integration]);
  }

  /** Which key an external id is linked to. */
  async keyOfExternal(
    tx: Tx,
    entity: EntityName,
    integration: number,
    externalId: string,
  ): Promise<string | undefined> {
    const row = await tx.one<{ key: string }>(
      `select key from sync_engine.records where external_id = $4 and tenant_id = $1 and entity = $3 and integration = $2
       union all select key from sync_engine.links where external_id = $4 and tenant_id = $1 and entity = $3 and integration = $2`,
      [tx.tenantId, integration, ENTITIES[entity].code, externalId],
    );
    return row?.key;
  }

  /** When the record's last change was accepted that did not come from this integration; undefined: all came from it. */
  async acceptedAt(tx: Tx, entity: EntityName, key: string, integration: number): Promise<string | undefined> {
    const row = await tx.one<{ at: string }>(
      `with recursive h as (
         select c.previous, p.integration, p.at, 1 as depth from sync_engine.records r
           join sync_engine.changes c on c.tenant_id = r.tenant_id and c.page_id = r.page_id and c.entity = r.entity and c.key = r.key
           join sync_engine.pages p on p.tenant_id = c.tenant_id and p.page_id = c.page_id
           where r.tenant_id = $1 and r.entity = $2 and r.key = $3
         union all
         select c.previous, p.integration, p.at, h.depth + 1 from h
           join sync_engine.changes c on c.tenant_id = $1 and c.page_id = h.previous and c.entity = $2 and c.key = $3
           join sync_engine.pages p on p.tenant_id = c.tenant_id and p.page_id = c.page_id
           where h.integration = $4 and h.depth < 1000)
       select to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from h
       where integration is distinct from $4 order by depth limit 1`,
      [tx.tenantId, ENTITIES[entity].code, key, integration],
    );
    return row?.at;
  }

  /** Writes one change with its page of one; answers the page. The caller holds the row's lock. */
  async writeChange(tx: Tx, change: NewChange): Promise<number> {
    const trace = currentTrace();
    const row = await tx.one<{ page: number }>(
      `select sync_engine.write_change($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8, $9, $10, $11, $12) as page`,
      [
        tx.tenantId,
        change.tenant,
        ENTITIES[change.entity].code,
        change.canonical.key,
        change.version,
        change.canonical.hash,
        change.canonical.doc,
        change.deleted,
        change.integration,
        change.jobId,
        change.source,
        trace ? formatTraceparent(trace) : null,
      ],
    );
    this.crash.at("write.before-commit");
    return Number(row?.page);
  }

  /** Stores a link; `master` decides where. A shadow equal to the document is left out beside the record. */
  async saveLink(
    tx: Tx,
    entity: EntityName,
    key: string,
    integration: number,
    link: LinkRow,
    docHash: string,
  ): Promise<void> {
    const shadow = link.master && link.shadow_hash === docHash ? null : link.shadow;
    const values = [
      tx.tenantId,
      integration,
      ENTITIES[entity].code,
      key,
      link.external_id,
      link.erp_version,
      link.shadow_hash,
      shadow === null ? null : JSON.stringify(shadow),
      link.shadow_mapping,
      link.accepted === null ? null : JSON.stringify(link.accepted),
      link.push_io,
      link.push_open,
    ];
    await tx.execute(link.master ? SAVE_BESIDE : SAVE_LINK, values);
  }

  /** Nothing is known of the link any more. The caller holds the record's lock. */
  async forgetLink(tx: Tx, integration: number, entity: EntityName, key: string): Promise<void> {
    await tx.query(`select sync_engine.forget_link($1, $2, $3, $4)`, [
      tx.tenantId,
      integration,
      ENTITIES[entity].code,
      key,
    ]);
  }

  /** Has the record as it is now brought to one integration; an open push of it has its turn at once. */
  async pushAgain(tx: Tx, integration: number, entity: EntityName, key: string): Promise<void> {
    await tx.query(`select sync_engine.push_again($1, $2, $3, $4, 'update')`, [
      tx.tenantId,
      integration,
      ENTITIES[entity].code,
      key,
    ]);
  }

  /** Plans pushes of a page of changes to the targets; answers their ids. */
  async planPushes(tx: Tx, page: number, targets: readonly number[]): Promise<string[]> {
    if (targets.length === 0) return [];
    const rows = await tx.query<{ id: string }>(`select id from sync_engine.plan_pushes($1, $2, $3) id`, [
      tx.tenantId,
      page,
      targets,
    ]);
    return rows.map((row) => row.id);
  }
}

/** One that was passed over counts as long as its successor has the document to make. */
const CREATING = `select o.sent, o.status = 'unknown' and exists (select 1 from sync_engine.dead_letters d
      where d.tenant_id = o.tenant_id and d.push_id = o.id and d.status = 'OPEN') listed
  from sync_engine.pushes o
  where o.tenant_id = $1 and o.entity = $2 and o.key = $3 and o.integration = $4 and o.operation in ('create', 'post')
    and o.sent_at is not null and (o.status in ('sent', 'accepted', 'unknown') or o.doubted and o.status in ('pending', 'parked', 'superseded'))
    and exists (select 1 from sync_engine.pushes p where p.tenant_id = o.tenant_id and p.entity = o.entity and p.key = o.key
      and p.integration = o.integration and p.status in ('pending', 'parked', 'sent', 'accepted', 'unknown'))
    and not exists (select 1 from sync_engine.pushes c where c.tenant_id = o.tenant_id and c.entity = o.entity and c.key = o.key
      and c.integration = o.integration and c.status = 'confirmed' and c.version >= o.version)
  order by o.sent_at limit 1`;
const SAVE_BESIDE = `update sync_engine.records set integration = $2, external_id = $5, erp_version = $6, shadow_hash = decode($7, 'hex'),
    shadow = $8, shadow_mapping = $9, accepted = $10, push_io = $11, push_open = $12
  where tenant_id = $1 and entity = $3 and key = $4`;
const SAVE_LINK = `insert into sync_engine.links
    (tenant_id, integration, entity, key, external_id, erp_version, shadow_hash, shadow, shadow_mapping, accepted, push_io, push_open)
  values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8, $9, $10, $11, $12)
  on conflict (tenant_id, integration, entity, key) do update set external_id = excluded.external_id, erp_version = excluded.erp_version,
    shadow_hash = excluded.shadow_hash, shadow = excluded.shadow, shadow_mapping = excluded.shadow_mapping, accepted = excluded.accepted,
    push_io = excluded.push_io, push_open = excluded.push_open, updated_at = now()`;
