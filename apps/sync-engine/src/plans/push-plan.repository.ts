import { ENTITIES, type EntityName } from "@dovetail/domain";
import type { TransactionStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { ItemRow } from "./plan";

/** A record that an integration has to get, or may lack. */
export interface Candidate {
  key: string;
  /** Its newest push that is not settled. */
  push_id: string | null;
  status: TransactionStatus | null;
}

/** SQL of planned pushes inside a tenant transaction. */
@Injectable()
export class PushPlanRepository {
  /**
   * Records in key order behind `after` with a push that is not settled, or which the integration lacks or last showed
   * otherwise than they are. A version that a person gave up is not needed any more; a fact is only ever missing.
   */
  async candidates(
    tx: Tx,
    integration: number,
    entity: EntityName,
    after: string,
    limit: number,
  ): Promise<Candidate[]> {
    const { code, kind } = ENTITIES[entity];
    return tx.query<Candidate>(CANDIDATES, [tx.tenantId, integration, code, after, limit, kind === "fact"]);
  }

  /** The last key that the plan has a push of. */
  async lastKey(tx: Tx, jobId: string): Promise<string> {
    const row = await tx.one<{ key: string | null }>(
      `select max(key) as key from sync_engine.plan_items where tenant_id = $1 and job_id = $2`,
      [tx.tenantId, jobId],
    );
    return row?.key ?? "";
  }

  /** Pushes are planned as by a change of the records, whose versions hold; answers how many. */
  async plan(tx: Tx, integration: number, entity: EntityName, items: readonly ItemRow[]): Promise<number> {
    const row = await tx.one<{ n: number }>(`select sync_engine.plan_needed($1, $2, $3, $4, $5, $6) as n`, [
      tx.tenantId,
      integration,
      ENTITIES[entity].code,
      items.map(({ key }) => key),
      items.map(({ record_version }) => record_version),
      items.map(({ operation }) => operation),
    ]);
    return row?.n ?? 0;
  }
}

const CANDIDATES = `select r.key, p.id as push_id, p.status
  from sync_engine.records r
    left join sync_engine.links k on k.tenant_id = r.tenant_id and k.entity = r.entity and k.key = r.key and k.integration = $2
    left join lateral (
      select o.id, o.status, o.version from sync_engine.pushes o
      where o.tenant_id = r.tenant_id and o.entity = r.entity and o.key = r.key and o.integration = $2
        and o.status in ('pending', 'parked', 'sent', 'accepted', 'unknown', 'rejected')
      order by o.status in ('sent', 'accepted', 'unknown') desc, o.version desc limit 1) p on true
    cross join lateral (
      select case when r.integration = $2 then r.external_id else k.external_id end as external_id,
        case when r.integration = $2 then r.shadow_hash else k.shadow_hash end as shadow_hash) l
  where r.tenant_id = $1 and r.entity = $3 and r.key > $4
    and (p.id is not null
      or case when r.deleted then l.external_id is not null
           when $6 then l.external_id is null and l.shadow_hash is null
           else l.shadow_hash is distinct from r.hash end
        and not exists (select 1 from sync_engine.pushes d where d.tenant_id = r.tenant_id and d.entity = r.entity and d.key = r.key
          and d.integration = $2 and d.version = r.version and d.status = 'discarded'))
  order by r.key limit $5`;
