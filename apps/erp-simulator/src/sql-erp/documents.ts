import type { ClientBase } from "pg";

/** The interface row is wrong: it gets status ERROR with these words. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** An interface row as the worker reads it. */
export interface InterfaceRow {
  if_id: string;
  ext_ref: string;
  action: string;
  [column: string]: string | Date | null;
}

/** What became of an interface row. */
export interface Effect {
  action: "created" | "changed";
  docNo: string;
  /** For the journal: the columns that were set. */
  detail: Record<string, unknown>;
}

/** A document that others may hand in. */
export interface DocumentType {
  /** Also the name of its table; its interface table is `if_<name>`. */
  name: string;
  /** Column of its number. */
  number: string;
  take(client: ClientBase, row: InterfaceRow): Promise<Effect>;
}

interface MasterData {
  name: string;
  number: string;
  /** The number by which others know it. */
  key: string;
  columns: readonly string[];
  required: readonly string[];
}

/** A table of one row each: I makes one, U sets the columns that are given. */
export function masterData({ name, number, key, columns, required }: MasterData): DocumentType {
  return {
    name,
    number,
    async take(client, row) {
      const given = columns.filter((column) => row[column] !== null);
      const detail = Object.fromEntries(given.map((column) => [column, row[column]]));
      if (row.action === "U") {
        await mustStand(client, { name, number }, row);
        await setColumns(client, { name, number }, row, given);
        return { action: "changed", docNo: String(row[number]), detail };
      }
      mustBeCreate(row);
      for (const column of required) if (row[column] === null) throw new Refusal(`${column} is missing`);
      await mustBeNew(client, { name, number }, key, row);
      const places = given.map((_, n) => `$${n + 1}`).join(", ");
      const made = await client.query<{ no: string }>(
        `insert into ${name} (${given.join(", ")}) values (${places}) returning ${number} as no`,
        given.map((column) => row[column]),
      );
      return { action: "created", docNo: made.rows[0]?.no ?? "", detail };
    },
  };
}

type Table = Pick<DocumentType, "name" | "number">;

export function mustBeCreate({ action }: InterfaceRow): void {
  if (action !== "I") throw new Refusal(`action ${action} is not known: there are I and U`);
}

/** Locks the row that is to be changed. */
export async function mustStand(client: ClientBase, { name, number }: Table, row: InterfaceRow): Promise<void> {
  if (row[number] === null) throw new Refusal(`${number} is missing: which ${words(name)} is to be changed?`);
  const { rowCount } = await client.query(`select 1 from ${name} where ${number} = $1 for update`, [row[number]]);
  if (!rowCount) throw new Refusal(`${words(name)} ${String(row[number])} is not known`);
}

export async function mustBeNew(
  client: ClientBase,
  { name, number }: Table,
  key: string,
  row: InterfaceRow,
): Promise<void> {
  const { rows } = await client.query<{ no: string }>(`select ${number} as no from ${name} where ${key} = $1`, [
    row[key],
  ]);
  if (rows[0]) throw new Refusal(`${words(name)} ${String(row[key])} stands already as ${rows[0].no}`);
}

/** A column that is empty in the interface row stays as it is. */
export async function setColumns(
  client: ClientBase,
  { name, number }: Table,
  row: InterfaceRow,
  given: readonly string[],
): Promise<void> {
  const sets = [...given.map((column, n) => `${column} = $${n + 2}`), "changed_at = clock_timestamp()"].join(", ");
  const values = [row[number], ...given.map((column) => row[column])];
  await client.query(`update ${name} set ${sets} where ${number} = $1`, values);
}

function words(name: string): string {
  return name.replace(/_/g, " ");
}
