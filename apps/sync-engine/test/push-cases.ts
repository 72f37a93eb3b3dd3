import { randomUUID } from "node:crypto";
import { ENTITIES } from "@dovetail/domain";
import { canonical, masterLink, newLink, type LinkRow, type RecordRow } from "../src/records/record";
import type { Client } from "pg";
import fc from "fast-check";

export const SYSTEM = "MEMORY";
export const ENTITY = ENTITIES.Supplier.code;

/** How one link stands when its push is to be marked, or when the answer has come. */
export interface PushCase {
  link: "beside" | "apart" | "none";
  claim: "held" | "taken" | "released" | "gone";
  /** What moved since it was planned. */
  moved: "nothing" | "version" | "io" | "shadow";
  status: "pending" | "parked" | "rejected" | "sent" | "unknown" | "confirmed";
  /** An earlier create of the same document left under a reference of its own. */
  earlier: boolean;
  /** The work was asked for anew meanwhile. */
  again: boolean;
  /** A newer push waits. */
  newer: boolean;
  /** A push of the link is listed. */
  letter: boolean;
  /** A push of another record waits for this one. */
  child: boolean;
}

export const pushCase: fc.Arbitrary<PushCase> = fc.record({
  link: fc.constantFrom("beside", "apart", "none"),
  claim: fc.oneof(
    { weight: 4, arbitrary: fc.constant("held" as const) },
    fc.constantFrom("taken" as const, "released" as const, "gone" as const),
  ),
  moved: fc.oneof(
    { weight: 3, arbitrary: fc.constant("nothing" as const) },
    fc.constantFrom("version" as const, "io" as const, "shadow" as const),
  ),
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("pending" as const, "sent" as const) },
    fc.constantFrom("parked" as const, "rejected" as const, "unknown" as const, "confirmed" as const),
  ),
  earlier: fc.boolean(),
  again: fc.boolean(),
  newer: fc.boolean(),
  letter: fc.boolean(),
  child: fc.boolean(),
});

/** A case as it stands in the store, with what was known when its push was planned. */
export interface Placed extends PushCase {
  id: string;
  key: string;
  work: string;
  epoch: number;
  record: RecordRow;
  known: LinkRow | undefined;
}

/** A tenant with one account and these cases. */
export async function placed(admin: Client, tenantId: string, cases: readonly PushCase[]): Promise<Placed[]> {
  await admin.query(
    `insert into sync_engine.accounts (tenant_id, num, integration_id, tenant, name, document, version)
     values ($1, 1, $2, 'spec', 'erp', $3, 1)`,
    [tenantId, randomUUID(), { adapter: { system: SYSTEM } }],
  );
  const all: Placed[] = [];
  for (const [i, one] of cases.entries()) all.push(await place(admin, tenantId, one, `S-${i}`));
  return all;
}

const IO = 7;
const EPOCH = 100;

async function place(admin: Client, tenantId: string, one: PushCase, key: string): Promise<Placed> {
  const record = recordOf(one, key);
  const known = one.link === "none" ? undefined : (masterLink(record, 1) ?? { ...shadowOf(key), master: false });
  const id = randomUUID();
  const work = `1:${ENTITY}:${key}`;
  await saveRecord(admin, tenantId, one, record);
  const common = [tenantId, ENTITY, key];
  const push = `insert into sync_engine.pushes
    (tenant_id, entity, key, integration, id, version, operation, status, reference, io, sent_at, adapter, waiting_entity, waiting_key)`;
  const sent = one.status === "sent" || one.status === "unknown";
  await admin.query(`${push} values ($1, $2, $3, 1, $4, 3, $5, $6, 'OWN', $7, $8, $9, null, null)`, [
    ...common,
    id,
    known ? "update" : "create",
    one.status,
    sent ? IO : null,
    sent ? new Date() : null,
    sent ? SYSTEM : null,
  ]);
  if (one.earlier)
    await admin.query(
      `${push} values ($1, $2, $3, 1, gen_random_uuid(), 2, 'create', 'superseded', 'EARLIER', 3, now(), $4, null, null)`,
      [...common, SYSTEM],
    );
  if (one.newer)
    await admin.query(
      `${push} values ($1, $2, $3, 1, gen_random_uuid(), 4, 'update', 'pending', 'NEWER', null, null, null, null, null)`,
      common,
    );
  if (one.letter)
    await admin.query(
      `insert into sync_engine.dead_letters (tenant_id, entity, key, id, kind, direction, integration, reason, push_id)
       values ($1, $2, $3, gen_random_uuid(), 'PUSH', 'outbound', 1, 'X', $4)`,
      [...common, id],
    );
  if (one.child) {
    await admin.query(
      `${push} values ($1, 4, 'child of ' || $3::text, 1, gen_random_uuid(), 1, 'create', 'parked', 'CHILD', null, null, null, $2, $3)`,
      common,
    );
    await saveWork(admin, tenantId, `1:4:child of ${key}`, { lease: null, due: "1 hour", epoch: 1, again: false });
  }
  const epoch = one.claim === "taken" ? EPOCH + 1 : EPOCH;
  const lease = one.claim === "released" ? null : "1 hour";
  if (one.claim !== "gone") await saveWork(admin, tenantId, work, { lease, due: "-1 minute", epoch, again: one.again });
  return { ...one, id, key, work, epoch: EPOCH, record, known };
}

function shadowOf(key: string): Omit<LinkRow, "master"> {
  const { doc, hash } = canonical("Supplier", { supplierNumber: key, name: "old" });
  const shadow = JSON.parse(doc) as LinkRow["shadow"];
  return { ...newLink(false), external_id: `X-${key}`, shadow, shadow_hash: hash, shadow_mapping: 1, push_io: IO };
}

/** As it was planned from. */
function recordOf(one: PushCase, key: string): RecordRow {
  const { doc, hash } = canonical("Supplier", { supplierNumber: key, name: "new" });
  const { master: _master, ...link } = { ...newLink(true), ...(one.link === "beside" ? shadowOf(key) : {}) };
  const integration = one.link === "beside" ? 1 : null;
  return { key, version: 3, hash, doc: JSON.parse(doc) as RecordRow["doc"], deleted: false, integration, ...link };
}

async function saveRecord(admin: Client, tenantId: string, one: PushCase, record: RecordRow): Promise<void> {
  const version = one.moved === "version" ? record.version + 1 : record.version;
  const link = one.link === "beside" ? record : shadowOf(record.key);
  const io = one.moved === "io" ? IO + 1 : IO;
  const hash = one.moved === "shadow" ? "ff" : link.shadow_hash;
  const columns = [link.external_id, hash, link.shadow, 1, io, one.status === "sent"];
  const beside = one.link === "beside" ? columns : [null, null, null, null, 0, false];
  await admin.query(
    `insert into sync_engine.records (tenant_id, entity, key, version, hash, doc, page_id, integration, external_id, shadow_hash, shadow,
       shadow_mapping, push_io, push_open)
     values ($1, $2, $3, $4, decode($5, 'hex'), $6, 1, $7, $8, decode($9, 'hex'), $10, $11, $12, $13)`,
    [tenantId, ENTITY, record.key, version, record.hash, record.doc, record.integration, ...beside],
  );
  if (one.link === "apart")
    await admin.query(
      `insert into sync_engine.links (tenant_id, entity, key, integration, external_id, shadow_hash, shadow, shadow_mapping, push_io, push_open)
       values ($1, $2, $3, 1, $4, decode($5, 'hex'), $6, $7, $8, $9)`,
      [tenantId, ENTITY, record.key, ...columns],
    );
}

async function saveWork(
  admin: Client,
  tenantId: string,
  id: string,
  { lease, due, epoch, again }: { lease: string | null; due: string; epoch: number; again: boolean },
): Promise<void> {
  await admin.query(
    `insert into sync_engine.work (tenant_id, kind, id, due_at, lease_until, epoch, again)
     values ($1, 'push', $2, clock_timestamp() + $3::interval, clock_timestamp() + $4::interval, $5, $6)`,
    [tenantId, id, due, lease, epoch, again],
  );
}

/** Everything that a step may change, without numbers and times that no two runs share; by key. */
export async function standing(admin: Client, tenantId: string, withWork = true): Promise<unknown[]> {
  const numbers =
    "array['tenant_id', 'id', 'created_at', 'updated_at', 'sent_at', 'push_id', 'page_id', 'io', 'push_io', 'due_at', 'lease_until']";
  const dump = (table: string, more: string, order: string) =>
    `select to_jsonb(x) - ${numbers} || ${more} as row from sync_engine.${table} x where tenant_id = $1 order by ${order}`;
  const queries = [
    dump("pushes", "jsonb_build_object('numbered', io > 0, 'left', sent_at is not null)", "key, version"),
    dump("records", `jsonb_build_object('io', sign(push_io - ${IO}))`, "key"),
    dump("links", `jsonb_build_object('io', sign(push_io - ${IO}))`, "key"),
    dump("dead_letters", "'{}'", "key, status"),
  ];
  if (withWork)
    queries.push(
      dump(
        "work",
        "jsonb_build_object('work', id, 'held', lease_until is not null, 'due', due_at <= clock_timestamp())",
        "id",
      ),
    );
  const found: unknown[] = [];
  for (const query of queries) found.push((await admin.query(query, [tenantId])).rows);
  return found;
}
