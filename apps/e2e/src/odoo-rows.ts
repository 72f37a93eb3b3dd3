import type { Running as RunningSimulator } from "@dovetail/erp-simulator";
import type { EntityName, Json } from "@dovetail/domain";

const INVOICES = ["out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt", "in_receipt"];
const POSTED: Json[] = ["|", ["state", "!=", "draft"], ["posted_before", "=", true]];
const DONE_RECEIPT: Json[] = [
  ["picking_type_code", "=", "incoming"],
  ["state", "=", "done"],
];

/** Which of Odoo's rows must arrive as what, said in other words than the adapter's. */
const ROWS: Partial<Record<EntityName, readonly [model: string, domain: Json[]]>> = {
  Contact: ["res.partner", []],
  Supplier: ["res.partner", ["|", ["supplier_rank", ">", 0], ["purchase_line_ids", "!=", false]]],
  Customer: ["res.partner", ["|", ["customer_rank", ">", 0], ["sale_order_ids", "!=", false]]],
  Part: ["product.product", []],
  PurchaseOrder: ["purchase.order", []],
  SalesOrder: ["sale.order", []],
  InventoryBalance: ["stock.quant", []],
  GlAccount: ["account.account", []],
  WorkOrder: ["mrp.production", []],
  Receipt: ["stock.picking", DONE_RECEIPT],
  Invoice: ["account.move", ["&", ["move_type", "in", INVOICES], ...POSTED]],
  GlTransaction: ["account.move", POSTED],
  Payment: ["account.payment", [["state", "!=", "draft"]]],
};

/** How many rows of each entity an Odoo holds, counted by its own search_count; archived ones are rows too. */
export async function rowsInOdoo(erp: RunningSimulator): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [entity, [model, domain]] of Object.entries(ROWS))
    counts[entity] = Number(await erp.odoo.call(model, "search_count", [domain], { context: { active_test: false } }));
  return counts;
}
