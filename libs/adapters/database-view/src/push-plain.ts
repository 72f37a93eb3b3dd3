import type { PushRequest, PushResult } from "@dovetail/adapter-sdk";
import { joinKey } from "./external-id";
import { refusal } from "./refusal";
import { cellsOf, insert } from "./rows-written";
import type { DatabaseSession } from "./session";
import type { WriteTable } from "./settings";

/**
 * A new row in a table that holds no reference. Class N: nothing tells a second writing from the first, and nobody can be
 * asked afterwards; the key is what we write ourselves.
 */
export async function addRow(session: DatabaseSession, write: WriteTable, request: PushRequest): Promise<PushResult> {
  const { table, key, columns, values } = write;
  if (request.op === "update" || request.op === "delete") throw refusal(`${table} takes no ${request.op}`);
  const cells = await cellsOf(session, table, request.body, { columns, fixed: values });
  const parts = key.map((name) => cells.find(({ column }) => column.name === name)?.text ?? missing(table, name));
  await session.sql.transaction((sql) => insert(session, sql, table, cells));
  return { done: "confirmed", externalId: joinKey(parts) };
}

function missing(table: string, name: string): never {
  throw refusal(`${table} has no reference column, so its key ${name} must be written`);
}
