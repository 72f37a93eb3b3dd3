import type { EntityName } from "@dovetail/domain";
import type { WriteClass } from "@dovetail/adapter-sdk";

export interface WriteClasses {
  /** Of every entity that `classes` does not name. */
  writeClass?: WriteClass;
  classes?: Partial<Record<EntityName, WriteClass>>;
}

/** One entity of each kind, so that one default ERP shows all three. */
const DEFAULTS: Partial<Record<EntityName, WriteClass>> = { InventoryTransaction: "L", CostPosting: "N" };

/** The class of an entity; ERP and adapter ask here, so that they agree. */
export function writeClassOf(entity: EntityName, { writeClass, classes }: WriteClasses): WriteClass {
  return classes?.[entity] ?? writeClass ?? DEFAULTS[entity] ?? "K";
}
