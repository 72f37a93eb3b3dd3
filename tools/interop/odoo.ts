import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import { script, succeeds } from "./scripts";

/** Where the started Odoo is and who may enter. */
export interface OdooPlace {
  url: string;
  database: string;
  username: string;
  password: string;
}

/** Starts the real Odoo 14, or finds it running; `stop` leaves one that ran before. */
export async function startOdoo(): Promise<{ place: OdooPlace; stop: () => Promise<void> }> {
  const ran = await succeeds("odoo14.sh", "status");
  const place = JSON.parse(await script("odoo14.sh", "start")) as OdooPlace;
  return { place, stop: async () => void (ran || (await script("odoo14.sh", "stop"))) };
}

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

/** An Odoo user with another program: everything here goes past the product. */
export class OdooUser {
  private uid: Promise<Json> | undefined;

  constructor(private readonly place: OdooPlace) {}

  async call<T = Json>(model: string, method: string, args: Json[] = [], named: JsonObject = {}): Promise<T> {
    const { database, username, password } = this.place;
    this.uid ??= this.post("common", "authenticate", [database, username, password, {}]);
    const uid = await this.uid;
    return (await this.post("object", "execute_kw", [database, uid, password, model, method, args, named])) as T;
  }

  /** Archived rows are counted too. */
  count(model: string, domain: Json[] = []): Promise<number> {
    return this.call(model, "search_count", [domain], { context: { active_test: false } });
  }

  ids(model: string, domain: Json[] = []): Promise<number[]> {
    return this.call(model, "search", [domain], { context: { active_test: false }, order: "id" });
  }

  read(model: string, ids: number[], fields: string[]): Promise<(JsonObject & { id: number })[]> {
    return this.call(model, "read", [ids, fields]);
  }

  async write(model: string, id: number, values: JsonObject): Promise<void> {
    await this.call(model, "write", [[id], values]);
  }

  /** How many rows of each entity this Odoo holds, counted by its own search_count. */
  async rows(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [entity, [model, domain]] of Object.entries(ROWS)) counts[entity] = await this.count(model, domain);
    return counts;
  }

  private async post(service: string, method: string, args: Json[]): Promise<Json> {
    const response = await fetch(`${this.place.url}/jsonrpc`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params: { service, method, args } }),
    });
    const body = (await response.json()) as { result?: Json; error?: { data: { message: string } } };
    if (body.error) throw new Error(body.error.data.message);
    return body.result ?? null;
  }
}
