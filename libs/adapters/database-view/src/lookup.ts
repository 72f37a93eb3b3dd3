import type { LookupQuery, Raw, Sql, SqlColumn } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import { joinKey, splitKey } from "./external-id";
import { readRows } from "./reader";
import { refusal } from "./refusal";
import { among, select, Values } from "./select";
import type { DatabaseSession } from "./session";
import type { ReadView, WriteTable } from "./settings";

/** Rows by external id, business key or reference; an empty answer means that there is none. */
export async function lookupRows(session: DatabaseSession, entity: EntityName, by: LookupQuery): Promise<Raw[]> {
  if (by.reference !== undefined) return byReference(session, entity, by.reference);
  const view = session.view(entity);
  if (by.externalId !== undefined) return byId(session, view, by.externalId);
  const wanted = Object.entries(by.key ?? {}).map(([field, value]) => {
    if (value === null || typeof value === "object") throw refusal(`${entity} cannot be looked up without ${field}`);
    return [view.businessKey[field] ?? field, String(value)] as const;
  });
  if (wanted.length === 0) throw refusal(`a ${entity} cannot be looked up by this`);
  return byColumns(session, view, new Map(wanted));
}

async function byId(session: DatabaseSession, view: ReadView, externalId: string): Promise<Raw[]> {
  const parts = splitKey(externalId, view.key.length);
  if (!parts) return [];
  return byColumns(session, view, new Map(view.key.map((name, index) => [name, parts[index] ?? ""])));
}

async function byColumns(
  session: DatabaseSession,
  view: ReadView,
  wanted: ReadonlyMap<string, string>,
): Promise<Raw[]> {
  const columns = await Promise.all([...wanted.keys()].map((name) => session.column(view.view, name)));
  const texts = [...wanted.values()];
  if (!columns.every((column, index) => fits(column, texts[index] ?? ""))) return [];
  const rows = await readRows(session, view, { where: (values) => among(session, columns, [texts], values) });
  // Many collations take capitals, accents and blanks for equal; a key is what it is, apart from blanks at its end.
  return rows.filter(({ body }) =>
    columns.every(
      ({ name, kind }, index) =>
        kind !== "text" || String((body as Record<string, unknown>)[name]).trimEnd() === texts[index]?.trimEnd(),
    ),
  );
}

/** Text that is no number cannot be the value of a number column; asking would be an error instead of "absent". */
function fits({ kind }: SqlColumn, text: string): boolean {
  if (kind === "integer") return /^-?\d{1,18}$/.test(text);
  return kind !== "decimal" || /^-?\d{0,30}(\.\d{0,20})?$/.test(text);
}

async function byReference(session: DatabaseSession, entity: EntityName, reference: string): Promise<Raw[]> {
  const write = session.writes.get(entity);
  const view = session.views.get(entity);
  if (view?.reference !== undefined) {
    const rows = await byColumns(session, view, new Map([[view.reference, reference]]));
    if (rows.length > 0) return rows;
  }
  if (write?.reference === undefined) throw refusal(`settings name no reference of ${entity}`);
  const found = await written(session, session.sql, write, reference);
  const ids = found.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
  if (found.length > ids.length)
    throw refusal(`the ERP has not taken the row of this reference from ${write.table} yet`, "ERP007");
  if (!view) return ids.map((externalId) => ({ externalId, body: {} }));
  const rows = await Promise.all(ids.map((externalId) => byId(session, view, externalId)));
  return rows.flatMap((list, index) => (list.length > 0 ? list : [{ externalId: ids[index] ?? "", body: {} }]));
}

export interface Written {
  /** Null: not known yet. */
  externalId: string | null;
  status: string | null;
  message: string | null;
}

/** Rows of a reference in the table that we write. */
export async function written(
  session: DatabaseSession,
  sql: Sql,
  write: WriteTable,
  reference: string,
): Promise<Written[]> {
  const { status } = write;
  if (write.reference === undefined) return [];
  const idColumns = status?.externalIdColumn === undefined ? write.key : [status.externalIdColumn];
  const names = [
    ...idColumns,
    ...(status ? [status.column] : []),
    ...(status?.messageColumn ? [status.messageColumn] : []),
  ];
  const columns = await Promise.all([...new Set(names)].map((name) => session.column(write.table, name)));
  const values = new Values(session);
  const column = await session.column(write.table, write.reference);
  const where = `t.${session.quoted(column.name)} = ${values.like(reference, column)}`;
  const rows = await select(session, sql, { table: write.table, columns: [...columns, column], where, values });
  return rows.map((row) => {
    const id = idColumns.map((name) => row.get(name) ?? null);
    const known = id.length > 0 && id.every((part) => part !== null);
    return {
      externalId: known ? joinKey(id.map((part) => part ?? "")) : null,
      status: status ? (row.get(status.column) ?? null) : null,
      message: status?.messageColumn ? (row.get(status.messageColumn) ?? null) : null,
    };
  });
}
