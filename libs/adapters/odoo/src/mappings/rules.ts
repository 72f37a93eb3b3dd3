import type { EntityName } from "@dovetail/domain";
import type { FieldMapping, MappingDocument } from "@dovetail/mapping";

type Extra = Omit<FieldMapping, "mesField" | "erpField">;

/** A field that goes both ways. */
export function both(mesField: string, erpField: string, extra: Extra = {}): FieldMapping {
  return { mesField, erpField, ...extra };
}

/** A field that Odoo computes or that we only read. */
export function read(mesField: string, erpField: string, extra: Extra = {}): FieldMapping {
  return { mesField, erpField, readOnly: true, ...extra };
}

/** A many2one, read and written by the id that links hold. */
export function link(mesField: string, member: string, references: EntityName, extra: Extra = {}): FieldMapping {
  return { mesField, erpField: `$.${member}[0]`, ...reference(references), ...extra };
}

/** An id that the adapter put into a member of its own. */
export function id(mesField: string, member: string, references: EntityName, extra: Extra = {}): FieldMapping {
  return { mesField, erpField: member, readOnly: true, ...reference(references), ...extra };
}

function reference(references: EntityName): Extra {
  return { dataType: "reference", references, referenceBy: "externalId", erpType: "number" };
}

/** The name that a many2one shows. */
export function label(mesField: string, member: string): FieldMapping {
  return read(mesField, `$.${member}[1]`, { dataType: "string" });
}

/** The number of the business: made up by the adapter where Odoo has none. */
export function number(mesField: string, extra: Extra = {}): FieldMapping {
  return both(mesField, "_number", { dataType: "string", isRequired: true, ...extra });
}

/** A state by name; MES words on the left. An unknown one passes as it is. */
export function state(map: Record<string, string>, extra: Extra = {}): FieldMapping {
  return both("status", "state", { transform: [{ name: "VALUE_MAP", map, otherwise: "keep" }], ...extra });
}

export function lines(fields: FieldMapping[], extra: Extra = {}): FieldMapping {
  return list("lines", "_lines", fields, extra);
}

export function list(mesField: string, member: string, fields: FieldMapping[], extra: Extra = {}): FieldMapping {
  return { mesField, erpField: `$.${member}[*]`, dataType: "list", fields, ...extra };
}

export function document(entityType: EntityName, mappings: FieldMapping[]): MappingDocument {
  return {
    entityType,
    messageType: null,
    schemaVersion: null,
    mappings: [...mappings, read("createdAt", "create_date"), read("modifiedAt", "write_date")],
  };
}
