import type { EntityDefinition, EntityName, FieldDefinition } from "../types";

type Extra = Partial<Omit<FieldDefinition, "name" | "type" | "description">>;

/** Long enough for any ERP's number, short enough that a three-part key fits an index row. */
const KEY_LENGTH = 200;
/** More digits than any ERP keeps. */
const DECIMAL_LENGTH = 64;

const field =
  (type: FieldDefinition["type"], defaults: Extra = {}) =>
  (name: string, description: string, extra: Extra = {}): FieldDefinition => ({
    name,
    type,
    ...defaults,
    ...extra,
    description,
  });

export const text = field("string");
export const decimal = field("decimal", { maxLength: DECIMAL_LENGTH });
export const integer = field("integer");
export const flag = field("boolean");
export const date = field("date");
export const datetime = field("datetime");
export const currency = field("currency");
export const unit = field("unit");
/** A string that takes part in a business or line key. */
export const key = field("string", { required: true, maxLength: KEY_LENGTH });

export function choice(name: string, values: readonly string[], description: string, extra: Extra = {}) {
  return field("enum", { values })(name, description, extra);
}

export function reference(name: string, references: EntityName, description: string, extra: Extra = {}) {
  return field("reference", { references, maxLength: KEY_LENGTH })(name, description, extra);
}

export function object(name: string, description: string, fields: readonly FieldDefinition[]): FieldDefinition {
  return { name, type: "object", fields, description };
}

/** Fields no definition knows: whatever a tenant's mapping puts there survives both directions. */
export const custom: FieldDefinition = {
  name: "custom",
  type: "object",
  description: "Tenant-defined members, free JSON.",
};

/** A list of lines, each with its own `custom`. `lineKey` must be among `fields`. */
export function list(
  name: string,
  lineKey: string,
  description: string,
  fields: readonly FieldDefinition[],
): FieldDefinition {
  return { name, type: "list", lineKey, fields: [...fields, custom], description };
}

export function address(name: string, description: string): FieldDefinition {
  return object(name, description, [
    text("name", "Addressee, where it differs from the party."),
    text("line1", "Street and number."),
    text("line2", "Building, floor, care of."),
    text("city", "City or town."),
    text("region", "State, province or county."),
    text("postalCode", "Postal code."),
    text("country", "ISO 3166-1 alpha-2 code; the name where the source has no code."),
  ]);
}

/** Present on every entity: where it came from and when it last changed there. */
const provenance: readonly FieldDefinition[] = [
  text("externalReference", "Reference under which another system knows the record."),
  datetime("createdAt", "When the source created it."),
  datetime("modifiedAt", "When the source last changed it."),
];

/** Batch, lot and serial of the goods of a line or movement. */
export const traceability: readonly FieldDefinition[] = [
  text("batch", "Supplier's or production batch."),
  text("lot", "Lot number."),
  text("serialNumber", "Serial number of a single piece."),
  date("expiryDate", "Use by."),
];

/** The work order and operation that a line or posting belongs to. */
export const work: readonly FieldDefinition[] = [
  reference("workOrder", "WorkOrder", "Work order concerned."),
  text("operation", "Number of the operation of that work order."),
];

/** Completes a definition with provenance and `custom`. */
export function entity(
  definition: Omit<EntityDefinition, "fields"> & { fields: readonly FieldDefinition[] },
): EntityDefinition {
  return { ...definition, fields: [...definition.fields, ...provenance, custom] };
}
