import {
  AdapterError,
  type PollResult,
  type PushRequest,
  type PushResult,
  type Raw,
  type Sql,
} from "@dovetail/adapter-sdk";
import type { EntityName, Json } from "@dovetail/domain";
import { splitKey } from "./external-id";
import { lookupRows, written } from "./lookup";
import { addRow } from "./push-plain";
import { refusal } from "./refusal";
import { type Cells, cellsOf, childRows, insert, removeWhere, update } from "./rows-written";
import { among, select, Values } from "./select";
import type { DatabaseSession } from "./session";
import type { WriteTable } from "./settings";

/** A table that holds the reference of each push. */
type Referenced = WriteTable & { reference: string };

/**
 * Writes one document, header and lines in one transaction. Class K: writers of one reference follow each other by a
 * lock of that name, and whoever comes second finds the first one's row. A unique index does the same where it stands.
 */
export async function sendRow(session: DatabaseSession, entity: EntityName, request: PushRequest): Promise<PushResult> {
  const own = session.write(entity);
  if (own.reference === undefined) return addRow(session, own, request);
  const write = { ...own, reference: own.reference };
  if (write.mode !== "interface" && request.op === "update") return change(session, write, request);
  if (request.op === "delete" || (request.op === "update" && write.mode === "insert"))
    throw refusal(`${write.table} takes no ${request.op}`);
  await knowTables(session, write);
  try {
    const made = await session.sql.transaction((sql) => make(session, sql, write, request), {
      lock: `dovetail ${request.reference}`,
    });
    return await answer(session, write, request.reference, made);
  } catch (error) {
    if (!(error instanceof AdapterError && error.category === "CONFLICT")) throw error;
    // The unique index of the reference, or of something else.
    const [known] = await written(session, session.sql, write, request.reference);
    if (!known) throw error;
    return answer(session, write, request.reference, known.externalId);
  }
}

/**
 * Reads the catalog before the transaction. Within it that would take a second connection: as many first writes as there
 * are connections would wait for each other for ever.
 */
async function knowTables(session: DatabaseSession, write: Referenced): Promise<void> {
  for (const { table } of [write, ...write.children]) await session.columns(table);
}

async function make(
  session: DatabaseSession,
  sql: Sql,
  write: Referenced,
  request: PushRequest,
): Promise<string | null> {
  const [known] = await written(session, sql, write, request.reference);
  if (known) return known.externalId;
  const header = await headerOf(session, write, request);
  await insert(session, sql, write.table, header);
  const needed = write.children.flatMap(({ parent }) => Object.values(parent)).filter((name) => name !== "$reference");
  const stored = await storedRow(session, sql, write, request.reference, needed);
  for (const child of write.children)
    for (const cells of await childRows(session, child, request.body[child.as], stored))
      await insert(session, sql, child.table, cells);
  const [made] = await written(session, sql, write, request.reference);
  return made?.externalId ?? null;
}

async function headerOf(session: DatabaseSession, write: Referenced, request: PushRequest): Promise<Cells> {
  const fixed: Record<string, Json> = { ...write.values, [write.reference]: request.reference };
  if (write.status) fixed[write.status.column] = write.status.pending;
  if (write.operation) fixed[write.operation.column] = write.operation.words[request.op] ?? request.op;
  if (write.externalIdColumn !== undefined && request.externalId !== undefined)
    fixed[write.externalIdColumn] = request.externalId;
  const lists = write.children.map(({ as }) => as);
  return cellsOf(session, write.table, request.body, { columns: write.columns, without: lists, fixed });
}

/** What the database made of the header: generated keys that lines point at. */
async function storedRow(
  session: DatabaseSession,
  sql: Sql,
  write: Referenced,
  reference: string,
  names: readonly string[],
): Promise<Map<string, string | null>> {
  const stored = new Map<string, string | null>([["$reference", reference]]);
  if (names.length === 0) return stored;
  const columns = await Promise.all([...new Set(names)].map((name) => session.column(write.table, name)));
  const values = new Values(session);
  const own = await session.column(write.table, write.reference);
  const where = `t.${session.quoted(own.name)} = ${values.like(reference, own)}`;
  const [row] = await select(session, sql, { table: write.table, columns, where, values });
  for (const [name, value] of row ?? []) stored.set(name, value);
  return stored;
}

async function change(session: DatabaseSession, write: Referenced, request: PushRequest): Promise<PushResult> {
  if (write.mode === "insert") throw refusal(`${write.table} takes new rows alone (mode insert)`);
  const { externalId = "", body, reference } = request;
  const parts = splitKey(externalId, write.key.length);
  const absent = () =>
    new AdapterError(`${write.table} has no row ${externalId}`, {
      category: "NOT_FOUND",
      code: "NOT_FOUND",
      sent: "no",
    });
  if (!parts) throw absent();
  await mustBeVersion(session, write.entity, request);
  await knowTables(session, write);
  await session.sql.transaction(async (sql) => {
    const key = await Promise.all(write.key.map((name) => session.column(write.table, name)));
    const needed = write.children
      .flatMap(({ parent }) => Object.values(parent))
      .filter((name) => name !== "$reference");
    const values = new Values(session);
    const columns = await Promise.all(
      [...new Set([...write.key, write.reference, ...needed])].map((name) => session.column(write.table, name)),
    );
    const [row] = await select(session, sql, {
      table: write.table,
      columns,
      where: among(session, key, [parts], values),
      values,
    });
    if (!row) throw absent();
    row.set("$reference", row.get(write.reference) ?? null);
    const lists = write.children.map(({ as }) => as);
    const options = { columns: write.columns, without: lists, fixed: write.values };
    await update(session, sql, write.table, await cellsOf(session, write.table, body, options), key, parts);
    for (const child of write.children) {
      if (body[child.as] === undefined) continue;
      await removeWhere(session, sql, child, row);
      for (const cells of await childRows(session, child, body[child.as], row))
        await insert(session, sql, child.table, cells);
    }
  });
  return answer(session, write, reference, externalId);
}

/** A row that somebody changed since we read it is not overwritten. */
async function mustBeVersion(session: DatabaseSession, entity: EntityName, request: PushRequest): Promise<void> {
  const { version, externalId } = request;
  if (version === undefined || externalId === undefined || !session.views.has(entity)) return;
  const [row] = await lookupRows(session, entity, { externalId });
  if (!row || row.version === version) return;
  throw new AdapterError(`the row ${externalId} has changed since it was read`, {
    category: "CONFLICT",
    code: "CONFLICT",
    sent: "no",
  });
}

async function answer(
  session: DatabaseSession,
  write: Referenced,
  reference: string,
  externalId: string | null,
): Promise<PushResult> {
  if (write.mode === "interface" && write.status) return { done: "accepted", handle: { reference } };
  if (externalId === null)
    throw new AdapterError(`${write.table} shows no key of the row that was written`, {
      category: "SERVER",
      code: "UNAVAILABLE",
      sent: "maybe",
    });
  return { done: "confirmed", ...(await readAfter(session, write, externalId)) };
}

/** The write is done: failing to read its result must not make it look undone. */
async function readAfter(
  session: DatabaseSession,
  write: Referenced,
  externalId: string,
): Promise<{ externalId: string; version?: string; shown?: Raw }> {
  if (!session.views.has(write.entity)) return { externalId };
  try {
    const [shown] = await lookupRows(session, write.entity, { externalId });
    return {
      externalId,
      ...(shown?.version === undefined ? {} : { version: shown.version }),
      ...(shown ? { shown } : {}),
    };
  } catch {
    return { externalId };
  }
}

/** What became of an interface row. */
export async function pollRow(session: DatabaseSession, entity: EntityName, handle: Json): Promise<PollResult> {
  const own = session.write(entity);
  const { status } = own;
  const reference = (handle as { reference?: Json } | null)?.reference;
  if (!status || own.reference === undefined || typeof reference !== "string")
    throw refusal("this handle is not one of an interface table");
  const write = { ...own, reference: own.reference };
  const [row] = await written(session, session.sql, write, reference);
  if (!row)
    return {
      category: "SERVER",
      code: "UNAVAILABLE",
      message: `the row of ${reference} has gone from ${write.table} before its outcome was read`,
    };
  const state = row.status?.trimEnd() ?? "";
  if (status.failed.includes(state))
    return { category: "VALIDATION", code: "ERP008", message: row.message ?? `the ERP refused the row (${state})` };
  if (!status.done.includes(state)) return "pending";
  return row.externalId === null ? { externalId: reference } : readAfter(session, write, row.externalId);
}
