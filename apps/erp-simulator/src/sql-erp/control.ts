import type { Pool } from "pg";
import type { FaultSpec, Faults, FaultState } from "../faults";
import { SQL_FAULT_KINDS } from "./faults";

/** One effect of an interface row; `if_id` is unique: what stands here happened once. */
export interface SqlJournalEntry {
  seq: number;
  at: string;
  document: string;
  action: "created" | "changed" | "refused";
  /** The ERP's own number; null for a refused row. */
  number: string | null;
  reference: string;
  detail: Record<string, unknown>;
}

/** What tests and the demo may do to a SQL ERP behind its interface's back. */
export interface SqlErpControl {
  /** `model`: vendor, item, purchase_order; `method`: create, update. Throws on a kind that this ERP does not know. */
  addFault(spec: FaultSpec): number;
  clearFaults(id?: number): void;
  faults(): FaultState[];
  journal(after?: number): Promise<SqlJournalEntry[]>;
  /** A statement as a person in the ERP would cause it: with the rights of the owner of all tables. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** The control object of one SQL ERP. */
export function sqlControl(pool: Pool, faults: Faults): SqlErpControl {
  return {
    addFault: (spec) => {
      if (!SQL_FAULT_KINDS.includes(spec.kind)) throw new Error(`the SQL ERP knows no fault ${spec.kind}`);
      return faults.add(spec);
    },
    clearFaults: (id) => faults.clear(id),
    faults: () => faults.list(),
    journal: async (after = 0) => {
      const { rows } = await pool.query<Omit<SqlJournalEntry, "seq" | "at"> & { seq: string; at: Date }>(
        `select seq, at, document, action, doc_no as number, ext_ref as reference, detail from journal
         where seq > $1 order by seq`,
        [after],
      );
      return rows.map(({ seq, at, ...entry }) => ({ seq: Number(seq), at: at.toISOString(), ...entry }));
    },
    query: async (text, values = []) => (await pool.query<Record<string, unknown>>(text, [...values])).rows,
  };
}
