import type { TransactionStatus } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { DeadLetterRow } from "./dead-letter.repository";

/** A push that a letter is about, and the record that it is to bring over. */
export interface LetterPush {
  status: TransactionStatus;
  version: number;
  /** Of the record now; null when it is not there. */
  record_version: number | null;
}

/** SQL of what a person does with dead letters, inside a tenant transaction. */
@Injectable()
export class LetterDeskRepository {
  /** Notes that a person has taken the letter up; false when it is closed, or not of the version that he saw. */
  async takeUp(tx: Tx, id: string, ifVersion: number | null): Promise<boolean> {
    const n = await tx.execute(
      `update sync_engine.dead_letters set attempts = attempts + 1, version = version + 1, updated_at = now()
       where tenant_id = $1 and id = $2 and status = 'OPEN' and ($3::int is null or version = $3)`,
      [tx.tenantId, id, ifVersion],
    );
    return n === 1;
  }

  /** Closes an open letter by hand. */
  async close(tx: Tx, id: string, status: "RESOLVED" | "DISCARDED", note: string, by: string): Promise<void> {
    await tx.execute(
      `update sync_engine.dead_letters set status = $3, note = $4, closed_by = $5, version = version + 1, updated_at = now()
       where tenant_id = $1 and id = $2 and status = 'OPEN'`,
      [tx.tenantId, id, status, note, by],
    );
  }

  async push(tx: Tx, pushId: string): Promise<LetterPush | undefined> {
    return tx.one<LetterPush>(
      `select p.status, p.version, r.version as record_version from sync_engine.pushes p
       left join sync_engine.records r on r.tenant_id = p.tenant_id and r.entity = p.entity and r.key = p.key
       where p.tenant_id = $1 and p.id = $2`,
      [tx.tenantId, pushId],
    );
  }

  /**
   * A push waits for its turn again; answers its work id, or undefined when a later version has passed it. One of unknown
   * outcome only for a person who has looked into it (`byHand`): a machine asks the ERP, or leaves it.
   */
  async reopenPush(tx: Tx, pushId: string, byHand: boolean): Promise<string | undefined> {
    const row = await tx.one<{ work: string }>(
      `update sync_engine.pushes set status = case when status in ('rejected', 'unknown') then 'pending' else status end, attempts = 0,
         updated_at = now()
       where tenant_id = $1 and id = $2 and (status in ('rejected', 'pending', 'parked') or (status = 'unknown' and $3))
       returning integration || ':' || entity || ':' || key as work`,
      [tx.tenantId, pushId, byHand],
    );
    return row?.work;
  }

  /** The ERP does not have what it showed through another adapter: the link is as one of which nothing is known. */
  async forgetLost(tx: Tx, { integration, entity, key }: DeadLetterRow): Promise<void> {
    for (const table of ["records", "links"])
      await tx.execute(
        `update sync_engine.${table} set shadow = null, shadow_hash = null, shadow_mapping = null, accepted = null,
           push_io = nextval('sync_engine.io_numbers')
         where tenant_id = $1 and integration = $2 and entity = $3 and key = $4 and external_id is null`,
        [tx.tenantId, integration, entity, key],
      );
  }

  /** Gives a push up: its link is free again, and a later version of the record has its turn. */
  async discardPush(tx: Tx, pushId: string): Promise<void> {
    await tx.query(`select sync_engine.discard_push($1, $2)`, [tx.tenantId, pushId]);
  }
}
