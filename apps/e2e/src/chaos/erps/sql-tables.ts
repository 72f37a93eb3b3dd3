import type { EntityName, JsonObject } from "@dovetail/domain";
import type { Normalisation, WriteClass } from "../history";

/** A table of a SQL ERP; its columns have the names of our fields. */
export interface SqlTable {
  entity: EntityName;
  name: string;
  /** Column of the business key. */
  key: string;
  columns: Readonly<Record<string, "text" | "numeric">>;
  writeClass: WriteClass;
  normalises: Readonly<Record<string, Normalisation>>;
}

const POSTING = { costPostingNumber: "text", amount: "numeric", currency: "text", costCentre: "text" } as const;
const SUPPLIER = { supplierNumber: "text", name: "text", phone: "text", website: "text" } as const;

const supplier: SqlTable = {
  entity: "Supplier",
  name: "supplier",
  key: "supplierNumber",
  columns: SUPPLIER,
  writeClass: "K",
  normalises: { name: "upper" },
};

const posting = (writeClass: WriteClass): SqlTable => ({
  entity: "CostPosting",
  name: "cost_posting",
  key: "costPostingNumber",
  columns: POSTING,
  writeClass,
  normalises: {},
});

/** An ERP that refuses a second row of one reference, and one that keeps no reference at all. */
export const TABLES_OF_K: readonly SqlTable[] = [supplier, posting("K")];
export const TABLES_OF_N: readonly SqlTable[] = [posting("N")];

/** Tables, views on them, and a journal that a trigger fills in the transaction of each write. */
export function schemaOf(tables: readonly SqlTable[], client: string): string {
  const each = tables.map((table) => {
    const columns = Object.entries(table.columns).map(([name, type]) => `"${name}" ${type}`);
    const reference = table.writeClass === "K" ? ", reference text unique" : "";
    const check = "amount" in table.columns ? ", check (amount < 1000000)" : "";
    const stored = Object.keys(table.normalises).map((name) => `new."${name}" := upper(new."${name}");`);
    return `
      create table ${table.name} (id bigint generated always as identity primary key, ${columns.join(", ")}${reference}${check},
        changed_at timestamptz not null default clock_timestamp());
      create function store_${table.name}() returns trigger language plpgsql as $$
        begin ${stored.join(" ")} new.changed_at := clock_timestamp(); return new; end $$;
      create trigger stored before insert or update on ${table.name} for each row execute function store_${table.name}();
      create trigger journalled after insert or update or delete on ${table.name} for each row execute function write_journal();
      create view v_${table.name} as select ${["id", ...Object.keys(table.columns)].map((name) => `"${name}"`).join(", ")},
        changed_at${table.writeClass === "K" ? ", reference" : ""} from ${table.name};
      grant select, insert, update on ${table.name} to ${client};
      grant select on v_${table.name} to ${client};`;
  });
  return `
    create table journal (seq bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
      name text not null, op text not null, old jsonb, new jsonb);
    create function write_journal() returns trigger language plpgsql security definer set search_path = public as $$
      begin
        insert into journal (name, op, old, new) values (tg_table_name, tg_op,
          case when tg_op = 'INSERT' then null else to_jsonb(old) end, case when tg_op = 'DELETE' then null else to_jsonb(new) end);
        return null;
      end $$;
    ${each.join("\n")}`;
}

/** `settings.views` and `settings.writes` of an integration with these tables. */
export function settingsOf(tables: readonly SqlTable[]): JsonObject {
  return {
    views: tables.map(({ entity, name, writeClass }) => ({
      entityType: entity,
      view: `v_${name}`,
      key: keyOf(name, tables),
      watermark: "changed_at",
      ...(writeClass === "K" ? { reference: "reference" } : {}),
    })),
    writes: tables.map(({ entity, name, writeClass }) => ({
      entityType: entity,
      table: name,
      mode: entity === "Supplier" ? "upsert" : "insert",
      key: keyOf(name, tables),
      ...(writeClass === "K" ? { reference: "reference", unique: true } : { reference: null }),
    })),
  };
}

/** What no reference is kept of is known by what was written. */
function keyOf(name: string, tables: readonly SqlTable[]): string[] {
  const table = tables.find((one) => one.name === name);
  return table?.writeClass === "N" ? [table.key] : ["id"];
}
