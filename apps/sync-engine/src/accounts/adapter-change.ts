import type { Tx } from "@dovetail/database";

/** The account is reached through another adapter than the one that was worked with. */
export class AdapterChangedError extends Error {
  constructor() {
    super("the account is reached through another adapter now");
    this.name = "AdapterChangedError";
  }
}

/**
 * Throws AdapterChangedError when the account is not reached through this adapter any more: ids that another one told
 * would stand for other rows. Until the transaction ends the adapter stays. To be called before a record is locked.
 */
export async function assertAdapter(tx: Tx, account: number, system: string): Promise<void> {
  const found = await tx.one(
    `select 1 as same from sync_engine.accounts
     where tenant_id = $1 and num = $2 and document->'adapter'->>'system' = $3 for share`,
    [tx.tenantId, account, system],
  );
  if (!found) throw new AdapterChangedError();
}

/**
 * The account is reached through another adapter from now on: what was told by the former one's ids no longer tells
 * anything. Cursors and first loads begin anew; links keep what the ERP last showed, so that the first read compares with
 * it, and find their external ids by the business key. Requests under way stay with the adapter that sent them. Rows that
 * wait are read anew: what is kept of them is in the former one's words.
 */
export async function beginAnew(tx: Tx, account: number): Promise<void> {
  // the epoch stops a worker that still reads through the former adapter
  await tx.execute(
    `update sync_engine.cursors set value = null, baseline = false, epoch = epoch + 1, updated_at = now()
     where tenant_id = $1 and integration = $2`,
    [tx.tenantId, account],
  );
  await tx.execute(
    `update sync_engine.dead_letters set status = 'RESOLVED', note = 'read through the former connection; all rows are read anew',
       version = version + 1, updated_at = now()
     where tenant_id = $1 and integration = $2 and direction = 'inbound' and status = 'OPEN'`,
    [tx.tenantId, account],
  );
  for (const table of ["records", "links"])
    // the number stops pushes that were planned before
    await tx.execute(
      `update sync_engine.${table} set external_id = null, erp_version = null,
         push_io = (select nextval('sync_engine.io_numbers'))
       where tenant_id = $1 and integration = $2 and external_id is not null`,
      [tx.tenantId, account],
    );
}
