import { Injectable } from "@nestjs/common";
import type { Encrypted } from "@dovetail/crypto";
import { Database } from "@dovetail/database";
import { appendEvent } from "@dovetail/messaging";
import type { NoticeAnswer, NoticeTarget, StoredNotice } from "./notice";

/** A notice ready to be stored. */
export interface NoticeToStore {
  id: string;
  digest: string;
  deliveryId: string | null;
  content: Encrypted;
}

interface NoticeRow {
  id: string;
  integration_id: string;
  content: Encrypted;
  received_at: string;
}

interface WebhookRow {
  tenant_id: string;
  tenant: string;
  integration_id: string;
  integration: string;
  hash: string;
  previous_hash: string | null;
  previous_until: string | null;
}

interface SecretRow {
  secret: Encrypted;
  rotated_at: string;
  previous_until: string | null;
}

/** An address as stored; the secret is encrypted. */
export interface StoredSecret {
  secret: Encrypted;
  rotatedAt: string;
  previousUntil: string | null;
}

export type FoundWebhook = NoticeTarget & { hash: string; previousHash: string | null; previousUntil: string | null };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A notice repeats another when the sender gives both the same delivery id, or when the other one has not been handed
 * on yet: then the work that it starts still lies ahead and serves both. Later, the ERP may have changed again.
 */
const SAME = `select n.id from notices n left join event_log e on e.tenant_id = n.tenant_id and e.id = n.log_event
  where n.tenant_id = $1 and n.integration_id = $2 and n.digest = $3
    and n.received_at > clock_timestamp() - interval '10 minutes'
    and (n.delivery_id = $4 or (e.id is not null and e.position is null))
  order by n.received_at desc limit 1`;

/** All SQL about inbound notices and their addresses. */
@Injectable()
export class NoticeRepository {
  constructor(private readonly db: Database) {}

  /** The notice, or the one that it repeats, and the event that hands it on, in one transaction. */
  async store(target: NoticeTarget, notice: NoticeToStore): Promise<NoticeAnswer> {
    const { tenantId, tenant, integrationId, integration } = target;
    return this.db.transaction(tenantId, async (tx) => {
      // Two of the same kind at once: the second waits and sees the first.
      await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
        `${tenantId}/${integrationId}/${notice.digest}`,
      ]);
      const same = await tx.one<{ id: string }>(SAME, [tenantId, integrationId, notice.digest, notice.deliveryId]);
      if (same) {
        await tx.execute("update notices set repeats = repeats + 1 where tenant_id = $1 and id = $2", [
          tenantId,
          same.id,
        ]);
        return { id: same.id, duplicate: true };
      }
      const event = await appendEvent(tx, {
        tenant,
        type: "notice.received",
        source: `/integrations/${integration}`,
        data: { noticeId: notice.id, integrationId, integration },
      });
      await tx.execute(
        `insert into notices (tenant_id, id, integration_id, digest, delivery_id, content, log_event)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [tenantId, notice.id, integrationId, notice.digest, notice.deliveryId, JSON.stringify(notice.content), event],
      );
      return { id: notice.id, duplicate: false };
    });
  }

  async get(tenantId: string, id: string): Promise<StoredNotice | undefined> {
    if (!UUID.test(id)) return undefined;
    const row = await this.db.readOnly(tenantId, (tx) =>
      tx.one<NoticeRow>(
        "select id, integration_id, content, received_at from notices where tenant_id = $1 and id = $2",
        [tenantId, id],
      ),
    );
    return row && { id: row.id, integrationId: row.integration_id, content: row.content, receivedAt: row.received_at };
  }

  /** By the integration's id, or `<tenant>.<name>`. */
  async webhook(reference: string): Promise<FoundWebhook | undefined> {
    const [tenant, name] = reference.split(".", 2);
    const text = "select * from gateway.find_webhook($1, $2, $3)";
    const values = name === undefined ? [reference, "", ""] : ["", tenant, name];
    const [row] = await this.db.call<WebhookRow>({ name: "find_webhook", text, values, readOnly: true });
    return (
      row && {
        tenantId: row.tenant_id,
        tenant: row.tenant,
        integrationId: row.integration_id,
        integration: row.integration,
        hash: row.hash,
        previousHash: row.previous_hash,
        previousUntil: row.previous_until,
      }
    );
  }

  async secret(tenantId: string, integrationId: string): Promise<StoredSecret | undefined> {
    const row = await this.db.readOnly(tenantId, (tx) =>
      tx.one<SecretRow>(
        "select secret, rotated_at, previous_until from webhook_secrets where tenant_id = $1 and integration_id = $2",
        [tenantId, integrationId],
      ),
    );
    return row && secretOf(row);
  }

  /** Stores a new secret; the one before it works for another day. */
  async rotate(target: NoticeTarget, secret: { hash: string; encrypted: Encrypted }): Promise<StoredSecret> {
    const row = await this.db.transaction(target.tenantId, (tx) =>
      tx.one<SecretRow>(
        `insert into webhook_secrets as w (tenant_id, integration_id, integration, hash, secret)
         values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, integration_id) do update set hash = excluded.hash, secret = excluded.secret,
           rotated_at = clock_timestamp(), previous_hash = w.hash,
           previous_until = clock_timestamp() + interval '24 hours'
         returning secret, rotated_at, previous_until`,
        [target.tenantId, target.integrationId, target.integration, secret.hash, JSON.stringify(secret.encrypted)],
      ),
    );
    if (!row) throw new Error("a webhook secret was not stored");
    return secretOf(row);
  }

  async removeOld(tenantId: string, days: number): Promise<number> {
    return this.db.transaction(tenantId, (tx) =>
      tx.execute(
        "delete from notices where tenant_id = $1 and received_at < clock_timestamp() - make_interval(days => $2)",
        [tenantId, days],
      ),
    );
  }
}

function secretOf(row: SecretRow): StoredSecret {
  return { secret: row.secret, rotatedAt: row.rotated_at, previousUntil: row.previous_until };
}
