import type { EntityName, JsonObject } from "@dovetail/domain";
import { AdapterError, type LookupQuery, type PushRequest, type PushResult, type Raw } from "@dovetail/adapter-sdk";
import { toRaw } from "./pull";
import type { MemorySession } from "./session";
import type { StoredRow } from "./table";

function targetOf(request: PushRequest): string {
  if (request.externalId !== undefined) return request.externalId;
  throw new AdapterError(`${request.op} needs an external id`, { category: "VALIDATION", code: "ERP008", sent: "no" });
}

/** Writes one record; the answer shows what the ERP made of it. */
export function send(session: MemorySession, entity: EntityName, request: PushRequest): Promise<PushResult> {
  return session.call("push", (erp): PushResult => {
    if (request.op === "delete") {
      const externalId = targetOf(request);
      erp.remove(entity, externalId);
      return { done: "confirmed", externalId };
    }
    const creates = request.op === "create" || request.op === "post";
    const row = creates
      ? erp.create(entity, request.body, request.reference)
      : erp.update(entity, targetOf(request), request.body, request.version);
    return { done: "confirmed", externalId: row.externalId, version: row.version, shown: toRaw(entity, row) };
  });
}

function matcher(session: MemorySession, entity: EntityName, by: LookupQuery): (row: StoredRow) => boolean {
  const { erp } = session;
  if (by.reference !== undefined) return (row) => row.reference === by.reference;
  const key: JsonObject | undefined = by.key;
  const wanted = key && erp.keyOf(entity, key);
  if (wanted === undefined) {
    throw new AdapterError("a lookup needs a reference, a complete key or an external id", {
      category: "VALIDATION",
      code: "ERP008",
      sent: "no",
    });
  }
  return (row) => erp.keyOf(entity, row.body) === wanted;
}

/** Rows by external id (at once) or by reference and key (through a search index that may lag). */
export async function lookup(session: MemorySession, entity: EntityName, by: LookupQuery): Promise<Raw[]> {
  if (by.reference !== undefined && session.erp.classOf(entity) === "N") {
    throw new AdapterError("references are not kept, so absence cannot be told", {
      category: "VALIDATION",
      code: "ERP008",
      sent: "no",
    });
  }
  const rows = await session.call("lookup", (erp) => {
    const now = erp.now();
    if (by.externalId !== undefined) {
      const row = erp.table(entity).get(by.externalId, now);
      return row ? [row] : [];
    }
    const matches = matcher(session, entity, by);
    const indexed = now - erp.faults.searchLagMs;
    return erp.table(entity).find(now, (row) => row.visibleAt <= indexed && matches(row));
  });
  return rows.map((row) => toRaw(entity, row));
}
