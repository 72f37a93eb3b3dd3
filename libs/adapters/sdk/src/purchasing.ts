import type { EntityName } from "@dovetail/domain";
import type { FieldMapping, MappingDocument } from "@dovetail/mapping";

/** How the names of the purchasing columns are written where they stand. */
export interface PurchasingNames {
  /** From a name in small letters with underscores, for instance `po_number`. */
  column: (name: string) => string;
  /** Where the lines of a document stand. */
  lines: string;
  /** What else the documents say of themselves. */
  document?: Pick<MappingDocument, "sourceFormat" | "emptyValues">;
}

type Rules = (names: PurchasingNames) => FieldMapping[];

/** The entities of purchasing that templates for files and tables carry. */
export const PURCHASING_ENTITIES = ["Supplier", "Part", "PurchaseOrder", "Receipt"] as const;
export type PurchasingEntity = (typeof PURCHASING_ENTITIES)[number] & EntityName;

const RULES: Readonly<Record<PurchasingEntity, Rules>> = {
  Supplier: ({ column }) => [
    { mesField: "supplierNumber", erpField: column("supplier_number"), dataType: "string", isRequired: true },
    text("name", column("name")),
    text("taxId", column("tax_id")),
    text("email", column("email")),
    text("phone", column("phone")),
    text("currency", column("currency")),
    text("paymentTerms", column("payment_terms")),
    text("address.line1", column("street")),
    text("address.city", column("city")),
    text("address.postalCode", column("postal_code")),
    text("address.country", column("country")),
  ],
  Part: ({ column }) => [
    { mesField: "partNumber", erpField: column("part_number"), dataType: "string", isRequired: true },
    text("name", column("name")),
    text("description", column("description")),
    unit("unit", column("unit")),
    text("currency", column("currency")),
    decimal("standardCost", column("standard_cost")),
    reference("preferredSupplier", column("supplier_number"), "Supplier"),
  ],
  PurchaseOrder: ({ column, lines }) => [
    { mesField: "poNumber", erpField: column("po_number"), dataType: "string", isRequired: true },
    reference("supplier", column("supplier_number"), "Supplier"),
    text("status", column("status")),
    time("orderDate", column("order_date")),
    time("expectedDate", column("expected_date")),
    text("buyer", column("buyer")),
    text("currency", column("currency")),
    decimal("totalAmount", column("total_amount")),
    {
      mesField: "lines",
      erpField: lines,
      dataType: "list",
      fields: [
        { mesField: "lineNumber", erpField: column("line_number"), dataType: "string", isRequired: true },
        reference("part", column("part_number"), "Part"),
        text("description", column("description")),
        decimal("quantity", column("quantity")),
        unit("unit", column("unit")),
        decimal("unitPrice", column("unit_price")),
        decimal("lineTotal", column("line_total")),
      ],
    },
  ],
  Receipt: ({ column, lines }) => [
    { mesField: "receiptNumber", erpField: column("receipt_number"), dataType: "string", isRequired: true },
    reference("purchaseOrder", column("po_number"), "PurchaseOrder"),
    time("receiptDate", column("receipt_date")),
    text("deliveryNote", column("delivery_note")),
    {
      mesField: "lines",
      erpField: lines,
      dataType: "list",
      fields: [
        { mesField: "lineNumber", erpField: column("line_number"), dataType: "string", isRequired: true },
        text("purchaseOrderLine", column("po_line_number")),
        reference("part", column("part_number"), "Part"),
        decimal("quantity", column("quantity")),
        unit("unit", column("unit")),
        text("lot", column("lot")),
        text("serialNumber", column("serial_number")),
      ],
    },
  ],
};

/**
 * Mappings of purchasing for a template: suppliers, parts, orders with lines, receipts, under columns whose names a
 * customer can be asked for. References are business keys, times without a zone are UTC, decimals stay texts.
 */
export function purchasingMappings(names: PurchasingNames): Record<PurchasingEntity, MappingDocument> {
  const document = (entityType: PurchasingEntity): MappingDocument => ({
    entityType,
    direction: "both",
    ...names.document,
    mappings: RULES[entityType](names),
  });
  return {
    Supplier: document("Supplier"),
    Part: document("Part"),
    PurchaseOrder: document("PurchaseOrder"),
    Receipt: document("Receipt"),
  };
}

function text(mesField: string, erpField: string): FieldMapping {
  return { mesField, erpField, dataType: "string" };
}

function decimal(mesField: string, erpField: string): FieldMapping {
  return { mesField, erpField, dataType: "decimal", erpType: "string" };
}

function time(mesField: string, erpField: string): FieldMapping {
  return { mesField, erpField, dataType: "datetime", transform: [{ name: "ISO_DATE", zone: "UTC" }] };
}

function unit(mesField: string, erpField: string): FieldMapping {
  return { mesField, erpField, dataType: "string", transform: [{ name: "UNIT" }] };
}

function reference(mesField: string, erpField: string, references: EntityName): FieldMapping {
  return { mesField, erpField, dataType: "reference", references };
}
