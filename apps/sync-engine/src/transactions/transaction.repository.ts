import { ENTITIES, type EntityName } from "@dovetail/domain";
import type { ProblemDocument, Transaction, TransactionStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { entityOf } from "../pull/source-row.service";
import { changeId } from "./change-id";

interface PushView {
  id: string;
  integration: number;
  entity: number;
  key: string;
  version: number;
  operation: Transaction["operation"];
  status: TransactionStatus;
  external_id: string | null;
  attempts: number;
  created_at: string;
  problem: ProblemDocument | null;
}

interface ChangeView {
  page_id: string;
  n: number;
  integration: number | null;
  entity: number;
  key: string;
  version: number;
  op: "c" | "u" | "d";
  external_id: string | null;
  job_id: string | null;
  at: string;
}

export interface TransactionFilter {
  integration: number | null;
  entity: EntityName | null;
  key: string | null;
  status: TransactionStatus | null;
  limit: number;
}

type Names = ReadonlyMap<number, string>;

const PUSH = "id, integration, entity, key, version, operation, status, external_id, attempts, created_at, problem";
const CHANGE = `c.page_id, c.n, p.integration, c.entity, c.key, c.version, c.op, r.external_id, p.job_id, p.at`;
const CHANGE_FROM = `sync_engine.changes c join sync_engine.pages p on p.tenant_id = c.tenant_id and p.page_id = c.page_id
  left join sync_engine.records r on r.tenant_id = c.tenant_id and r.entity = c.entity and r.key = c.key and r.integration = p.integration`;
const OPERATIONS = { c: "create", u: "update", d: "delete" } as const;

/** The ledger: changes that came in, and pushes that went out. */
@Injectable()
export class TransactionRepository {
  async pushesById(tx: Tx, ids: readonly string[], names: Names): Promise<Transaction[]> {
    const rows = await tx.query<PushView>(
      `select ${PUSH} from sync_engine.pushes where tenant_id = $1 and id = any($2) order by integration`,
      [tx.tenantId, ids],
    );
    return rows.map((row) => pushView(row, names));
  }

  /** Pushes, newest first, behind `after`, whose time is shown in milliseconds: the row itself knows the rest. */
  async pushes(
    tx: Tx,
    filter: TransactionFilter,
    after: { at: string; id: string } | null,
    names: Names,
  ): Promise<Transaction[]> {
    const rows = await tx.query<PushView>(
      `select ${PUSH} from sync_engine.pushes where tenant_id = $1 and ($2::int is null or integration = $2)
         and ($3::int is null or entity = $3) and ($4::text is null or key = $4) and ($5::text is null or status = $5)
         and ($6::timestamptz is null or (created_at, id) < (coalesce(
           (select last.created_at from sync_engine.pushes last where last.tenant_id = $1 and last.id = $7::uuid), $6), $7::uuid))
       order by created_at desc, id desc limit $8`,
      [
        tx.tenantId,
        filter.integration,
        filter.entity === null ? null : ENTITIES[filter.entity].code,
        filter.key,
        filter.status,
        after?.at ?? null,
        after?.id ?? null,
        filter.limit,
      ],
    );
    return rows.map((row) => pushView(row, names));
  }

  /** Changes, newest first, behind `after`. With a key the record's history is walked from page to page. */
  async changes(
    tx: Tx,
    filter: TransactionFilter,
    after: { page: string; n: number } | null,
    names: Names,
  ): Promise<Transaction[]> {
    if (filter.status !== null && filter.status !== "confirmed") return [];
    const rows =
      filter.key !== null && filter.entity !== null
        ? await this.history(tx, filter)
        : await this.newest(tx, filter, after);
    return rows.map((row) => changeView(row, names));
  }

  async change(tx: Tx, page: string, n: number, names: Names): Promise<Transaction | undefined> {
    const row = await tx.one<ChangeView>(
      `select ${CHANGE} from ${CHANGE_FROM} where c.tenant_id = $1 and c.page_id = $2 and c.n = $3`,
      [tx.tenantId, page, n],
    );
    return row && changeView(row, names);
  }

  private async newest(
    tx: Tx,
    filter: TransactionFilter,
    after: { page: string; n: number } | null,
  ): Promise<ChangeView[]> {
    return tx.query<ChangeView>(
      `select ${CHANGE} from ${CHANGE_FROM}
       where c.tenant_id = $1 and ($2::int is null or p.integration = $2) and ($3::int is null or c.entity = $3)
         and ($4::bigint is null or (c.page_id, c.n) < ($4, $5::int))
       order by c.page_id desc, c.n desc limit $6`,
      [
        tx.tenantId,
        filter.integration,
        filter.entity === null ? null : ENTITIES[filter.entity].code,
        after?.page ?? null,
        after?.n ?? null,
        filter.limit,
      ],
    );
  }

  private async history(tx: Tx, filter: TransactionFilter): Promise<ChangeView[]> {
    return tx.query<ChangeView>(
      `with recursive walk as (
         select c.* from sync_engine.records r join sync_engine.changes c
           on c.tenant_id = r.tenant_id and c.page_id = r.page_id and c.entity = r.entity and c.key = r.key
           where r.tenant_id = $1 and r.entity = $2 and r.key = $3
         union all
         select c.* from walk w join sync_engine.changes c
           on c.tenant_id = w.tenant_id and c.page_id = w.previous and c.entity = w.entity and c.key = w.key)
       select ${CHANGE} from walk c join sync_engine.pages p on p.tenant_id = c.tenant_id and p.page_id = c.page_id
         left join sync_engine.records r on r.tenant_id = c.tenant_id and r.entity = c.entity and r.key = c.key and r.integration = p.integration
       where ($4::int is null or p.integration = $4) limit $5`,
      [tx.tenantId, ENTITIES[filter.entity as EntityName].code, filter.key, filter.integration, filter.limit],
    );
  }
}

function changeView(row: ChangeView, names: Names): Transaction {
  return {
    id: changeId(String(row.page_id), row.n),
    integration: row.integration === null ? null : (names.get(row.integration) ?? String(row.integration)),
    direction: "inbound",
    entityType: entityOf(row.entity),
    key: row.key,
    version: row.version,
    operation: OPERATIONS[row.op],
    status: "confirmed",
    externalId: row.external_id,
    attempts: 1,
    jobId: row.job_id,
    createdAt: row.at,
    problem: null,
  };
}

function pushView(row: PushView, names: Names): Transaction {
  return {
    id: row.id,
    integration: names.get(row.integration) ?? String(row.integration),
    direction: "outbound",
    entityType: entityOf(row.entity),
    key: row.key,
    version: row.version,
    operation: row.operation,
    status: row.status,
    externalId: row.external_id,
    attempts: row.attempts,
    jobId: null,
    createdAt: row.created_at,
    problem: row.problem,
  };
}
