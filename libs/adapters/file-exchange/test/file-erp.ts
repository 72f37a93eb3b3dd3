import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import { csvFile } from "../src/out/csv-file";
import { deliver } from "./exchange";

/** What the harness seeds. */
export const ENTITY_LIST = [
  "Supplier",
  "PurchaseOrder",
  "InventoryTransaction",
] as const satisfies readonly EntityName[];

const keyName = (entity: EntityName) => ENTITIES[entity].key[0] ?? "";
/** Files that wait together are taken in the order of their names. */
const named = (kind: string, serial: number) => `${kind}-${String(serial).padStart(6, "0")}.csv`;
const scalars = (entity: EntityName) =>
  ENTITIES[entity].fields.filter(({ type, name }) => type !== "list" && name !== "custom").map(({ name }) => name);

/** The sets of the files that it writes. */
export const ERP_SETS: JsonObject[] = ENTITY_LIST.map((entity) => ({
  entityType: entity,
  pattern: `${entity}-*.csv`,
  key: [keyName(entity)],
  ...(entity === "PurchaseOrder"
    ? { children: [{ as: "lines", pattern: "OrderLine-*.csv", parentKey: ["poNumber"] }] }
    : {}),
}));

/** An ERP that exchanges files: it exports what changed, and takes in and answers what stands in the out folder. */
export class FileErp {
  private serial = 0;
  private readonly rows = new Map<string, JsonObject>();
  private readonly references: string[] = [];

  constructor(private readonly root: string) {
    for (const entity of ENTITY_LIST) this.export(entity, []);
  }

  seed(entity: EntityName, count: number): string[] {
    const ids = Array.from({ length: count }, () => `${entity.slice(0, 3).toUpperCase()}-${++this.serial}`);
    for (const id of ids) this.rows.set(`${entity}/${id}`, this.newRow(entity, id));
    this.export(entity, ids);
    return ids;
  }

  mutate(entity: EntityName, id: string): void {
    this.rows.set(`${entity}/${id}`, { ...this.rows.get(`${entity}/${id}`), ...this.change(entity) });
    this.export(entity, [id]);
  }

  newBody(entity: EntityName): JsonObject {
    return this.newRow(entity, `NEW-${++this.serial}`);
  }

  change(entity: EntityName): JsonObject {
    return { [entity === "Supplier" ? "name" : "notes"]: `changed, "again" ${++this.serial}` };
  }

  count(reference: string): number {
    return this.references.filter((each) => each === reference).length;
  }

  /** A document whose file of lines ends in the middle of one. */
  truncated(): string {
    const [id = ""] = this.seed("PurchaseOrder", 1);
    const at = join(this.root, "in", named("OrderLine", this.serial));
    deliver(this.root, named("OrderLine", this.serial), readFileSync(at, "utf8").slice(0, -14));
    return id;
  }

  /** Takes in every file of the out folder and answers it. */
  work(): void {
    for (const name of readdirSync(join(this.root, "out")).filter((each) => each.endsWith(".json"))) {
      const file = JSON.parse(readFileSync(join(this.root, "out", name), "utf8")) as JsonObject;
      rmSync(join(this.root, "out", name));
      writeFileSync(join(this.root, "ack", name.replace(/json$/, "ack.json")), JSON.stringify(this.take(file)));
    }
  }

  private take({ op, entityType, externalId, reference, body }: JsonObject): JsonObject {
    const entity = entityType as EntityName;
    const members = body as JsonObject;
    const id = op === "update" ? String(externalId) : String(members[keyName(entity)]);
    const known = this.rows.get(`${entity}/${id}`);
    if (op === "update" && !known) return { status: "rejected", code: "NOT_FOUND", message: `there is no ${id}` };
    this.references.push(String(reference));
    this.rows.set(`${entity}/${id}`, { ...known, ...members });
    this.export(entity, [id]);
    return { status: "confirmed", externalId: id };
  }

  private newRow(entity: EntityName, id: string): JsonObject {
    const lines = [1, 2].map((n) => ({ lineNumber: String(n), description: `Ä line; "${n}"`, quantity: "2.0000" }));
    const more: Partial<Record<EntityName, JsonObject>> = {
      Supplier: { name: `Supplier "${id}", Zürich` },
      PurchaseOrder: { notes: "two\nlines", lines },
      InventoryTransaction: { type: "issue", quantity: "1.5000", part: "P-1", location: "L-1" },
    };
    return { [keyName(entity)]: id, ...more[entity] };
  }

  private export(entity: EntityName, ids: readonly string[]): void {
    const number = ++this.serial;
    const rows = ids.map((id) => this.rows.get(`${entity}/${id}`) ?? {});
    const table = (columns: readonly string[], of: readonly JsonObject[]) =>
      of.length === 0
        ? `${columns.join(",")}\r\n`
        : csvFile(of.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))));
    if (entity === "PurchaseOrder") {
      const lines = rows.flatMap((row) =>
        ((row["lines"] ?? []) as JsonObject[]).map((line) => ({ ...line, poNumber: row["poNumber"] ?? null })),
      );
      deliver(
        this.root,
        named("OrderLine", number),
        table(["poNumber", "lineNumber", "description", "quantity"], lines),
      );
    }
    deliver(this.root, named(entity, number), table(scalars(entity), rows));
  }
}
