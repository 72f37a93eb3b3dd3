import { glAccount, glTransaction, invoice, payment } from "./entities/finance";
import { port, vessel } from "./entities/fleet";
import { catalogItem, inventoryBalance, inventoryTransaction, part } from "./entities/items";
import { costPosting, workOrder } from "./entities/manufacturing";
import { contact, customer, supplier, technician } from "./entities/parties";
import { purchaseOrder, receipt, requisition, rfq } from "./entities/purchasing";
import { order, salesOrder, shipment } from "./entities/sales";
import { ticket } from "./entities/service";
import { ENTITY_NAMES, type EntityDefinition, type EntityGroup, type EntityName } from "./types";

/** The definition of every canonical entity. */
export const ENTITIES: Record<EntityName, EntityDefinition> = {
  Supplier: supplier,
  Customer: customer,
  Contact: contact,
  Technician: technician,
  Port: port,
  Vessel: vessel,
  GlAccount: glAccount,
  Part: part,
  CatalogItem: catalogItem,
  InventoryBalance: inventoryBalance,
  WorkOrder: workOrder,
  PurchaseOrder: purchaseOrder,
  SalesOrder: salesOrder,
  Order: order,
  Requisition: requisition,
  Rfq: rfq,
  Ticket: ticket,
  Receipt: receipt,
  Shipment: shipment,
  InventoryTransaction: inventoryTransaction,
  CostPosting: costPosting,
  Invoice: invoice,
  Payment: payment,
  GlTransaction: glTransaction,
};

const byCode = new Map(ENTITY_NAMES.map((name) => [ENTITIES[name].code, ENTITIES[name]]));
const names = new Set<string>(ENTITY_NAMES);

/** The entity stored under a code, or undefined for a code of another version. */
export function entityByCode(code: number): EntityDefinition | undefined {
  return byCode.get(code);
}

/** Whether a text is the exact name of an entity. */
export function isEntityName(text: string): text is EntityName {
  return names.has(text);
}

const GROUPS: readonly EntityGroup[] = ["AR", "AP", "Sales", "masterData", "transactional", "inventory"];
const aliases = buildAliases();

/**
 * The entities that a word of `entityTypes` or of a schedule stands for, parents first: an entity's name, its plural
 * (`suppliers`, `purchaseOrders`, `sales-orders`), a group (AR, AP, Sales, masterData, transactional, inventory),
 * `account-transactions`, `chart-of-accounts`, or `all`. Case is ignored. Empty when the word means nothing.
 */
export function expandEntityGroup(word: string): EntityName[] {
  return [...(aliases.get(fold(word)) ?? [])];
}

function fold(word: string): string {
  return word.replace(/[-_ ]/g, "").toLowerCase();
}

function plural(name: string): string {
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

function buildAliases(): Map<string, readonly EntityName[]> {
  const map = new Map<string, readonly EntityName[]>([
    ["all", ENTITY_NAMES],
    ["accounttransactions", ["GlTransaction"]],
    ["chartofaccounts", ["GlAccount"]],
  ]);
  for (const name of ENTITY_NAMES) {
    map.set(fold(name), [name]);
    map.set(fold(plural(name)), [name]);
  }
  for (const group of GROUPS)
    map.set(
      fold(group),
      ENTITY_NAMES.filter((name) => ENTITIES[name].group.includes(group)),
    );
  return map;
}
