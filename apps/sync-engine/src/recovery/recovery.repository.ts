import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";

export type RecoveryReason = "database" | "reset";

/** How an integration stands in recovery. */
export interface RecoveryRow {
  num: number;
  /** Its cursors are back and its scan is queued, in this generation. */
  begun: boolean;
  since: string | null;
  reason: RecoveryReason | null;
}

const NOBODY = "00000000-0000-0000-0000-000000000000";

/** SQL of generations of the database and of recovery. */
@Injectable()
export class RecoveryRepository {
  constructor(private readonly db: Database) {}

  /** Compares the database with the one that it was; see `sync_engine.note_generation`. */
  async noteGeneration(): Promise<number> {
    return this.db.transaction(NOBODY, async (tx) => {
      const row = await tx.one<{ generation: number }>(`select sync_engine.note_generation() generation`);
      return row?.generation ?? 1;
    });
  }

  /** Whether the tenant's log ends before the position; one of an unknown tenant does not count. */
  async isAhead(tenantId: string, position: number): Promise<boolean> {
    const rows = await this.db.dispatch(
      `select 1 as behind from sync_engine.log_heads where tenant_id = $1 and position < $2`,
      [tenantId, position],
    );
    return rows.length > 0;
  }

  /** A new generation of a database that has its identity still; answers the one that counts. */
  async raiseGeneration(known: number): Promise<number> {
    return this.db.transaction(NOBODY, async (tx) => {
      await tx.execute(
        `insert into sync_engine.database_generations (generation, identity)
         select generation + 1, identity from sync_engine.database_generations where generation = $1 on conflict do nothing`,
        [known],
      );
      const row = await tx.one<{ generation: number }>(`select sync_engine.current_generation() generation`);
      return row?.generation ?? known;
    });
  }

  /** Integrations of the tenant that are in recovery. */
  async recovering(tenantId: string): Promise<RecoveryRow[]> {
    return this.db.readOnly(tenantId, (tx) =>
      tx.query<RecoveryRow>(
        `select num, recovery_begun is not distinct from sync_engine.current_generation() begun, recovery_since since, recovery_reason reason from sync_engine.accounts
         where tenant_id = $1 and not deleted and generation < sync_engine.current_generation() order by num`,
        [tenantId],
      ),
    );
  }

  /** False when it has begun already. */
  async begin(tx: Tx, num: number, generation: number, reason: RecoveryReason): Promise<boolean> {
    const row = await tx.one<{ begun: boolean }>(`select sync_engine.begin_recovery($1, $2, $3, $4) begun`, [
      tx.tenantId,
      num,
      generation,
      reason,
    ]);
    return row?.begun === true;
  }

  /** Codes of the entities whose first load is complete. */
  async loaded(tx: Tx, num: number): Promise<number[]> {
    const rows = await tx.query<{ entity: number }>(
      `select entity from sync_engine.cursors where tenant_id = $1 and integration = $2 and baseline`,
      [tx.tenantId, num],
    );
    return rows.map(({ entity }) => entity);
  }

  /** The integration works again; its pushes have their turn now. False when it was not in recovery. */
  async release(tx: Tx, num: number): Promise<boolean> {
    const n = await tx.execute(
      `update sync_engine.accounts set generation = sync_engine.current_generation(), recovery_since = null, recovery_reason = null
       where tenant_id = $1 and num = $2 and generation < sync_engine.current_generation()`,
      [tx.tenantId, num],
    );
    await tx.execute(
      `update sync_engine.work set due_at = clock_timestamp() where tenant_id = $1 and kind = 'push' and id like $2 || ':%' and lease_until is null`,
      [tx.tenantId, String(num)],
    );
    return n === 1;
  }
}
