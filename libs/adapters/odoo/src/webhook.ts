import type { Notice } from "@dovetail/adapter-sdk";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { isObject, refusal } from "./errors";

/** Entities by the model that an automation rule watches, and the member of a line's notice that names its document. */
const WATCHED: Readonly<Record<string, { entities: readonly EntityName[]; parent?: string }>> = {
  "res.partner": { entities: ["Supplier", "Customer", "Contact"] },
  "product.product": { entities: ["Part"] },
  // Its variants are products of their own: the entity is read since its cursor.
  "product.template": { entities: ["Part"], parent: "product_variant_id" },
  "purchase.order": { entities: ["PurchaseOrder"] },
  "purchase.order.line": { entities: ["PurchaseOrder"], parent: "order_id" },
  "sale.order": { entities: ["SalesOrder"] },
  "sale.order.line": { entities: ["SalesOrder"], parent: "order_id" },
  "stock.quant": { entities: ["InventoryBalance"] },
  "stock.picking": { entities: ["Receipt"] },
  "account.move": { entities: ["Invoice", "GlTransaction"] },
  "account.payment": { entities: ["Payment"] },
  "account.account": { entities: ["GlAccount"] },
  "mrp.production": { entities: ["WorkOrder"] },
};

/**
 * The body that an automation rule posts: `_model`, `_id` and the chosen fields. One change brings a dozen of them,
 * without a delivery id; `eventId` is made of what tells changes apart. On 17 they come before the commit, so what
 * they name must be read again later. A model that is no entity here gives no notice.
 */
export function readNotices(body: Uint8Array): Notice[] {
  const payload = parse(body);
  const model = payload?.["_model"];
  if (!payload || typeof model !== "string") throw refusal("This is no notice of an Odoo automation rule");
  const watched = WATCHED[model];
  if (!watched) return [];
  const id = watched.parent ? parentId(payload[watched.parent]) : parentId(payload["_id"] ?? payload["id"]);
  const stamp = payload["write_date"];
  return watched.entities.map((entity) => ({
    entity,
    ...(id === undefined ? {} : { externalId: String(id) }),
    ...(id === undefined || typeof stamp !== "string" ? {} : { eventId: `${entity}/${id}/${stamp}` }),
  }));
}

function parse(body: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parentId(value: unknown): number | undefined {
  const id: unknown = Array.isArray(value) ? value[0] : value;
  return typeof id === "number" && Number.isInteger(id) && id > 0 ? id : undefined;
}
