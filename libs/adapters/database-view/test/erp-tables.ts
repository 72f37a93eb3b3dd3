import { dialectOf, type SqlClient } from "@dovetail/adapter-sdk";
import { ENTITIES, type EntityName, type FieldDefinition, type Json, type JsonObject } from "@dovetail/domain";

type Kind = "postgresql" | "mysql";

const TYPES: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  postgresql: { decimal: "numeric", integer: "bigint", boolean: "boolean", date: "date", datetime: "timestamptz" },
  mysql: {
    decimal: "decimal(38,10)",
    integer: "bigint",
    boolean: "tinyint(1)",
    date: "date",
    datetime: "datetime(6)",
  },
};
const TEXT: Readonly<Record<Kind, string>> = { postgresql: "text", mysql: "varchar(200)" };

const flat = (fields: readonly FieldDefinition[]) =>
  fields.filter(({ type, name }) => name !== "custom" && type !== "object" && type !== "list");
const lists = (entity: EntityName) => ENTITIES[entity].fields.filter(({ type }) => type === "list");

/** Tables and views of a plain ERP, made from the entities: a table and a view each, another for every list. */
export class ErpTables {
  constructor(
    readonly sql: SqlClient,
    private readonly kind: Kind,
    private readonly entities: readonly EntityName[],
  ) {}

  async create(): Promise<void> {
    const id = this.kind === "postgresql" ? "bigserial primary key" : "bigint auto_increment primary key";
    const now = this.kind === "postgresql" ? "timestamptz(6) default clock_timestamp()" : "datetime(6) default now(6)";
    const many = this.kind === "postgresql" ? "" : " default charset utf8mb4 collate utf8mb4_bin";
    for (const entity of this.entities) {
      const { fields } = ENTITIES[entity];
      const own = `erp_id ${id}, erp_reference varchar(40) unique, erp_modified ${now}, erp_missing int default 0`;
      await this.run(`create table ${table(entity)} (${own}, ${this.columns(fields)})${many}`);
      for (const list of lists(entity))
        await this.run(
          `create table ${table(entity, list)} (erp_parent bigint not null, ${this.columns(list.fields ?? [])})${many}`,
        );
      const counts = lists(entity).map(
        (list) =>
          `(select count(*) from ${table(entity, list)} l where l.erp_parent = t.erp_id) + t.erp_missing as ${list.name}_count`,
      );
      await this.run(
        `create view v_${table(entity)} as select ${["t.*", ...counts].join(", ")} from ${table(entity)} t`,
      );
    }
  }

  async clear(): Promise<void> {
    for (const entity of this.entities) {
      for (const list of lists(entity)) await this.run(`delete from ${table(entity, list)}`);
      await this.run(`delete from ${table(entity)}`);
    }
  }

  /** Inserts a record; `modified` null: now. Returns its id. */
  async insert(entity: EntityName, record: JsonObject, ageMs = 0, missing = 0): Promise<string> {
    const fields = flat(ENTITIES[entity].fields).filter(({ name }) => record[name] !== undefined);
    const names = ["erp_modified", "erp_missing", ...fields.map(({ name }) => this.quote(name))];
    const at = new Date(Date.now() - ageMs).toISOString();
    const values = [
      this.time(at),
      String(missing),
      ...fields.map((field) => this.literal(record[field.name] ?? null, field)),
    ];
    const [row] = await this.sql.query(
      `insert into ${table(entity)} (${names.join(", ")}) values (${values.join(", ")}) returning erp_id`,
    );
    const id = String(row?.["erp_id"]);
    for (const list of lists(entity))
      for (const line of (record[list.name] as JsonObject[] | undefined) ?? []) {
        const known = flat(list.fields ?? []).filter(({ name }) => line[name] !== undefined);
        const into = ["erp_parent", ...known.map(({ name }) => this.quote(name))].join(", ");
        const cells = [id, ...known.map((field) => this.literal(line[field.name] ?? null, field))].join(", ");
        await this.run(`insert into ${table(entity, list)} (${into}) values (${cells})`);
      }
    return id;
  }

  run(text: string): Promise<number> {
    return this.sql.execute(text);
  }

  time(iso: string): string {
    return this.kind === "postgresql" ? `'${iso}'` : `'${iso.replace("T", " ").replace("Z", "")}'`;
  }

  /** `settings.views` and `settings.writes` over these tables. */
  settings(): JsonObject {
    const views = this.entities.map((entityType) => ({
      entityType,
      view: `v_${table(entityType)}`,
      key: ["erp_id"],
      watermark: "erp_modified",
      reference: "erp_reference",
      children: lists(entityType).map((list) => ({
        as: list.name,
        view: table(entityType, list),
        parentKey: ["erp_parent"],
        count: `${list.name}_count`,
      })),
    }));
    const writes = this.entities.map((entityType) => ({
      entityType,
      table: table(entityType),
      mode: "upsert",
      reference: "erp_reference",
      key: ["erp_id"],
      children: lists(entityType).map((list) => ({
        as: list.name,
        table: table(entityType, list),
        parent: { erp_parent: "erp_id" },
      })),
    }));
    return { views, writes } as unknown as JsonObject;
  }

  private columns(fields: readonly FieldDefinition[]): string {
    return flat(fields)
      .map(({ name, type }) => `${this.quote(name)} ${TYPES[this.kind][type] ?? TEXT[this.kind]}`)
      .join(", ");
  }

  quote(name: string): string {
    return dialectOf(this.kind).quotePart(name);
  }

  private literal(value: Json, { type }: FieldDefinition): string {
    if (value === null) return "null";
    if (type === "datetime") return this.time(String(value));
    if (type === "boolean") return value ? "true" : "false";
    return `'${String(value).replace(/'/g, "''")}'`;
  }
}

export function table(entity: EntityName, list?: FieldDefinition): string {
  return `erp_${entity}${list ? `_${list.name}` : ""}`.toLowerCase();
}

/** A record without what a column cannot hold. */
export function flatRecord(entity: EntityName, record: JsonObject): JsonObject {
  const { fields } = ENTITIES[entity];
  const pick = (from: JsonObject, of: readonly FieldDefinition[]): JsonObject =>
    Object.fromEntries(of.flatMap(({ name }) => (from[name] === undefined ? [] : [[name, from[name] as Json]])));
  const made = pick(record, flat(fields));
  for (const list of lists(entity))
    made[list.name] = ((record[list.name] as JsonObject[] | undefined) ?? []).map((line) =>
      pick(line, flat(list.fields ?? [])),
    );
  return made;
}
