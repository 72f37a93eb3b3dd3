import type { OdooControl } from "@dovetail/erp-simulator";
import type { EntityName, JsonObject } from "@dovetail/domain";
import type { ErpDocument } from "../history";

interface Shape {
  entity: EntityName;
  key: string;
  /** Our field by Odoo's. */
  fields: Readonly<Record<string, string>>;
}

/** The three kinds of rows of a chaos run, in our words. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  "res.partner": {
    entity: "Supplier",
    key: "ref",
    fields: { ref: "supplierNumber", name: "name", phone: "phone", email: "email", website: "website" },
  },
  "product.product": {
    entity: "Part",
    key: "default_code",
    fields: { default_code: "partNumber", name: "name", barcode: "barcode", description: "description" },
  },
  "purchase.order": {
    entity: "PurchaseOrder",
    key: "name",
    fields: { name: "poNumber", partner_ref: "supplierReference", notes: "notes" },
  },
};

/** A document as it stands, in canonical names; undefined when it is not one of the run. */
export function documentOf(odoo: OdooControl, model: string, id: number): ErpDocument | undefined {
  const shape = SHAPES[model];
  if (!shape) return undefined;
  const names = [...Object.keys(shape.fields), ...(model === "res.partner" ? ["supplier_rank"] : [])];
  const order = model === "purchase.order" ? ["partner_id"] : [];
  const row = odoo.peek(model, id, [...names, ...order]);
  if (!row || (model === "res.partner" && !(Number(row["supplier_rank"]) > 0))) return undefined;
  const document: JsonObject = {};
  for (const [theirs, ours] of Object.entries(shape.fields)) {
    const value = row[theirs];
    if (value !== null && value !== undefined && value !== false && value !== "") document[ours] = textOf(value);
  }
  const keyField = shape.fields[shape.key] ?? "";
  const key = String(document[keyField] ?? `ODOO-${id}`);
  document[keyField] = key;
  if (model === "purchase.order") document["supplier"] = keyOf(odoo, "res.partner", Number(row["partner_id"]));
  return { entity: shape.entity, externalId: String(id), key, document };
}

export function keyOf(odoo: OdooControl, model: string, id: number): string {
  const field = SHAPES[model]?.key ?? "name";
  const value = odoo.peek(model, id, [field])?.[field];
  return typeof value === "string" && value !== "" ? value : `ODOO-${id}`;
}

/** What a document of the run shows, in canonical names. */
export function heldFields(entity: EntityName): string[] {
  const shape = Object.values(SHAPES).find((one) => one.entity === entity);
  return [...Object.values(shape?.fields ?? {}), ...(entity === "PurchaseOrder" ? ["supplier"] : [])];
}

/** Our names of the values that a write set. */
export function fieldsOf(model: string, values: unknown): string[] {
  const shape = SHAPES[model];
  if (!shape || typeof values !== "object" || values === null) return [];
  return Object.keys(values).flatMap((name) => shape.fields[name] ?? []);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : String(value as number | boolean);
}
