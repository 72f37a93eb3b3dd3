import { ProblemError } from "@dovetail/contracts";
import type { Database } from "./database";
import type { Tx } from "./tx";

/** By what a repeated request is known. */
export interface RequestIdentity {
  /** The module, user or key that sent it. */
  sender: string;
  /** Chosen by the sender, the same at each repetition. */
  eventId: string;
  /** Hash of what it asks for: the same id with another body is refused. */
  bodyHash: string;
}

/**
 * Runs `run` once per (tenant, sender, event id) and keeps its answer (JSON) in the transaction of its effect; a repeated
 * request gets the kept answer. Throws CONFLICT when the id was used for another body.
 */
export async function rememberRequest<T>(
  tx: Tx,
  { sender, eventId, bodyHash }: RequestIdentity,
  run: () => Promise<T>,
): Promise<{ result: T; duplicate: boolean }> {
  const id = [tx.tenantId, sender, eventId];
  // Waits for a transaction that inserts the same id at this moment: its answer or its failure decides.
  const inserted = await tx.execute(
    "insert into requests (tenant_id, sender, event_id, body_hash) values ($1, $2, $3, $4) on conflict do nothing",
    [...id, bodyHash],
    "request_insert",
  );
  const where = "where tenant_id = $1 and sender = $2 and event_id = $3";
  if (inserted > 0) {
    const result = await run();
    await tx.execute(
      `update requests set result = $4 ${where}`,
      [...id, JSON.stringify(result ?? null)],
      "request_result",
    );
    return { result, duplicate: false };
  }
  const known = await tx.one<{ body_hash: string; result: T }>(
    `select body_hash, result from requests ${where}`,
    id,
    "request_get",
  );
  if (known?.body_hash !== bodyHash) {
    throw new ProblemError("CONFLICT", "This id was already used for a request with another body.", {
      resolution: "Send a new request under a new id; repeat an old one unchanged.",
    });
  }
  return { result: known.result, duplicate: true };
}

/** Forgets requests older than `hours`, of every tenant; the number that went. */
export async function forgetRequests(db: Database, hours = 24): Promise<number> {
  const rows = await db.dispatch<{ gone: number }>(
    `with gone as (delete from requests where at < now() - $1 * interval '1 hour' returning at)
     select count(*) as gone from gone`,
    [hours],
    "requests_forget",
  );
  return rows[0]?.gone ?? 0;
}
