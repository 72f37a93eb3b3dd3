import type { CallContext } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { uuidv7, type Json } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";

/** What can be done to an integration, as the audit names it. */
export type AuditAction =
  | "INTEGRATION_CREATE"
  | "INTEGRATION_UPDATE"
  | "INTEGRATION_DELETE"
  | "ENABLE"
  | "DISABLE"
  | "PAUSE"
  | "RESUME"
  | "MAPPING_UPDATE";

/** One administrative act. `previous` and `next` never hold credentials. */
export interface AuditEntry {
  action: AuditAction;
  subjectId: string;
  /** For people: `odoo-demo`, `odoo-demo/PurchaseOrder`. */
  subject: string;
  previous: Json;
  next: Json;
}

/** SQL of the audit. */
@Injectable()
export class AuditRepository {
  /** Writes the entry in the transaction of the act. */
  async write(tx: Tx, ctx: CallContext, entry: AuditEntry): Promise<void> {
    await tx.execute(
      `insert into integration_config.audit
         (tenant_id, id, actor_kind, actor_id, action, subject_id, subject, previous, next, traceparent)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        tx.tenantId,
        uuidv7(),
        ctx.actor.kind,
        ctx.actor.id,
        entry.action,
        entry.subjectId,
        entry.subject,
        jsonb(entry.previous),
        jsonb(entry.next),
        ctx.traceparent ?? null,
      ],
    );
  }
}

function jsonb(value: Json): string | null {
  return value === null ? null : JSON.stringify(value);
}
