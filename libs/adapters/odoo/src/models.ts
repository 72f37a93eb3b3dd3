import type { EntityName } from "@dovetail/domain";
import type { OdooModel } from "./model";
import { glAccount, glTransaction, invoice, payment } from "./models/finance";
import { inventoryBalance, part } from "./models/items";
import { receipt, workOrder } from "./models/logistics";
import { purchaseOrder, salesOrder } from "./models/orders";
import { contact, customer, supplier } from "./models/partners";

/** The entities of this adapter. */
export const MODELS = {
  Supplier: supplier,
  Customer: customer,
  Contact: contact,
  GlAccount: glAccount,
  Part: part,
  InventoryBalance: inventoryBalance,
  WorkOrder: workOrder,
  PurchaseOrder: purchaseOrder,
  SalesOrder: salesOrder,
  Receipt: receipt,
  Invoice: invoice,
  Payment: payment,
  GlTransaction: glTransaction,
} satisfies { [E in EntityName]?: OdooModel };

export function modelOf(entity: EntityName): OdooModel | undefined {
  return (MODELS as { [E in EntityName]?: OdooModel })[entity];
}
