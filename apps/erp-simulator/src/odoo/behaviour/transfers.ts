import type { Env } from "../env";
import type { Cell, JsonObject } from "../values";
import { create } from "../writer";

/** A transfer to be made by a confirmed order. */
export interface TransferPlan {
  type: number;
  origin: string;
  partner: number | null;
  links: JsonObject;
  moves: { product: number; quantity: Cell; unit: number; name: string; price: Cell; links: JsonObject }[];
}

/** Creates a transfer and its moves, ready to be validated. */
export function createPicking(env: Env, plan: TransferPlan): number {
  const from = env.id("stock.picking.type", plan.type, "default_location_src_id") ?? 8;
  const to = env.id("stock.picking.type", plan.type, "default_location_dest_id") ?? 8;
  const code = env.text("stock.picking.type", plan.type, "sequence_code");
  const number = String(env.tx.nextNumber(`stock.picking.${code}`)).padStart(5, "0");
  const picking = create(env, "stock.picking", {
    name: `WH/${code}/${number}`,
    picking_type_id: plan.type,
    origin: plan.origin,
    partner_id: plan.partner ?? false,
    location_id: from,
    location_dest_id: to,
    state: "assigned",
    ...plan.links,
  });
  for (const move of plan.moves) {
    create(env, "stock.move", {
      ...(env.version === 19 ? {} : { name: move.name }),
      picking_id: picking,
      picking_type_id: plan.type,
      product_id: move.product,
      product_uom: move.unit,
      product_uom_qty: move.quantity as string,
      price_unit: move.price as string,
      origin: plan.origin,
      location_id: from,
      location_dest_id: to,
      state: "assigned",
      reference: `WH/${code}/${number}`,
      ...move.links,
    });
  }
  return picking;
}

/** Cancels transfers that are not done, with their moves. */
export function cancelPickings(env: Env, pickings: readonly number[]): void {
  for (const picking of pickings) {
    if (["done", "cancel"].includes(env.text("stock.picking", picking, "state"))) continue;
    for (const move of env.store.childIds("stock.move", "picking_id", picking))
      env.assign("stock.move", move, { state: "cancel" });
    env.assign("stock.picking", picking, { state: "cancel" });
  }
}
