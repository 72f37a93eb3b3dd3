import { canonicalJson, recordHash, type JsonObject } from "@dovetail/domain";
import type { Servers } from "../servers";

/** Whose records are to change. */
export interface BacklogOf {
  tenantId: string;
  integration: number;
  n: number;
  round: number;
}

const CHANGE = `
  with s as (select * from unnest($2::text[], $3::text[], $4::text[]) s(key, hash, doc)),
  changed as (
    update sync_engine.records r set doc = s.doc::jsonb, hash = decode(s.hash, 'hex'), version = r.version + 1, page_id = $5,
      shadow = coalesce(r.shadow, r.doc)
    from s where r.tenant_id = $1 and r.entity = 1 and r.key = s.key returning r.key, r.version),
  page as (
    insert into sync_engine.pages (tenant_id, page_id, entity, actor, n) select $1, $5, 1, 'bench', count(*) from changed)
  insert into sync_engine.changes (tenant_id, page_id, n, entity, key, version, op)
  select $1, $5, row_number() over () - 1, 1, key, version, 'u' from changed`;

/**
 * Gives so many suppliers another phone number, as one accepted change each, and has their pushes planned by the product's
 * own function: all are due at the same moment, when this commits.
 */
export async function makeBacklog({ admin }: Servers, { tenantId, integration, n, round }: BacklogOf): Promise<void> {
  const { rows } = await admin.query<{ key: string; doc: JsonObject }>(
    "select key, doc from sync_engine.records where tenant_id = $1 and entity = 1 order by key limit $2",
    [tenantId, n],
  );
  if (rows.length < n) throw new Error(`${rows.length} of ${n} records are there`);
  const docs = rows.map(({ doc, key }) => canonicalJson("Supplier", { ...doc, phone: `+31 40 ${round}-${key}` }));
  await admin.query("begin");
  await admin.query("select set_config('app.tenant', $1, true)", [tenantId]);
  const page = await admin.query<{ id: string }>("select nextval('sync_engine.page_ids') id");
  const id = page.rows[0]?.id;
  await admin.query(CHANGE, [tenantId, rows.map(({ key }) => key), docs.map(recordHash), docs, id]);
  await admin.query("select count(*) from sync_engine.plan_pushes($1, $2, $3)", [tenantId, id, [integration]]);
  await admin.query("commit");
}
