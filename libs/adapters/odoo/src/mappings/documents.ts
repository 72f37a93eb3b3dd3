import { both, document, id, label, lines, link, number, read, state } from "./rules";

const totals = [
  both("currency", "_currency"),
  read("subtotal", "amount_untaxed"),
  read("taxAmount", "amount_tax"),
  read("totalAmount", "amount_total"),
];

const orderLine = (quantity: string, done: string, doneField: string) => [
  both("lineNumber", "_line", { dataType: "string", isRequired: true }),
  link("part", "product_id", "Part"),
  both("description", "name"),
  both("quantity", quantity),
  both("unit", "_unit"),
  both("unitPrice", "price_unit"),
  read("discountPercent", "discount"),
  read("taxAmount", "price_tax"),
  read("lineTotal", "price_subtotal"),
  read(done, doneField),
  read("invoicedQuantity", "qty_invoiced"),
];

export const purchaseOrder = document("PurchaseOrder", [
  number("poNumber"),
  link("supplier", "partner_id", "Supplier", { isRequired: true }),
  label("vendorName", "partner_id"),
  state({
    DRAFT: "draft",
    SENT: "sent",
    TO_APPROVE: "to approve",
    APPROVED: "purchase",
    CLOSED: "done",
    CANCELLED: "cancel",
  }),
  both("supplierReference", "partner_ref"),
  both("orderDate", "date_order"),
  both("expectedDate", "date_planned"),
  read("approvedAt", "date_approve"),
  label("buyer", "user_id"),
  label("paymentTerms", "payment_term_id"),
  label("deliveryTerms", "incoterm_id"),
  label("location", "picking_type_id"),
  both("notes", "notes"),
  ...totals,
  lines([...orderLine("product_qty", "receivedQuantity", "qty_received"), both("expectedDate", "date_planned")]),
]);

export const salesOrder = document("SalesOrder", [
  number("salesOrderNumber"),
  link("customer", "partner_id", "Customer", { isRequired: true }),
  state({ DRAFT: "draft", SENT: "sent", CONFIRMED: "sale", CLOSED: "done", CANCELLED: "cancel" }),
  both("customerReference", "client_order_ref"),
  both("orderDate", "date_order"),
  both("promisedDate", "commitment_date"),
  label("salesRepresentative", "user_id"),
  label("paymentTerms", "payment_term_id"),
  label("location", "warehouse_id"),
  both("notes", "note"),
  // Its currency follows from the price list.
  ...totals.map((rule) => ({ ...rule, readOnly: true })),
  lines(orderLine("product_uom_qty", "shippedQuantity", "qty_delivered")),
]);

export const receipt = document("Receipt", [
  read("receiptNumber", "name", { isRequired: true }),
  id("supplier", "_supplier", "Supplier"),
  link("purchaseOrder", "purchase_id", "PurchaseOrder", { readOnly: true }),
  read("receiptDate", "date_done"),
  read("status", "state"),
  label("location", "location_dest_id"),
  read("trackingNumber", "carrier_tracking_ref"),
  read("notes", "note"),
  label("custom.partner", "partner_id"),
  read("custom.origin", "origin"),
  lines(
    [
      read("lineNumber", "_line", { dataType: "string", isRequired: true }),
      link("part", "product_id", "Part", { readOnly: true }),
      read("quantity", "_quantity"),
      read("unit", "_unit"),
      label("location", "location_dest_id"),
      label("lot", "lot_id"),
    ],
    { readOnly: true },
  ),
]);

export const invoice = document("Invoice", [
  read("invoiceNumber", "_number", { dataType: "string", isRequired: true }),
  read("type", "_type", { isRequired: true }),
  read("creditNote", "_credit"),
  read("credits", "_credits"),
  id("customer", "_customer", "Customer"),
  id("supplier", "_supplier", "Supplier"),
  read("partyReference", "ref"),
  read("status", "state"),
  read("invoiceDate", "invoice_date"),
  read("dueDate", "invoice_date_due"),
  read("postingDate", "date"),
  label("paymentTerms", "invoice_payment_term_id"),
  read("notes", "narration"),
  ...totals.map((rule) => ({ ...rule, readOnly: true })),
  read("openAmount", "amount_residual"),
  read("custom.origin", "invoice_origin"),
  read("custom.paymentState", "payment_state"),
  lines(
    [
      read("lineNumber", "_line", { dataType: "string", isRequired: true }),
      link("part", "product_id", "Part", { readOnly: true }),
      read("description", "name"),
      read("quantity", "quantity"),
      read("unit", "_unit"),
      read("unitPrice", "price_unit"),
      read("discountPercent", "discount"),
      read("lineTotal", "price_subtotal"),
      link("purchaseOrder", "purchase_order_id", "PurchaseOrder", { readOnly: true }),
      link("glAccount", "account_id", "GlAccount", { readOnly: true }),
    ],
    { readOnly: true },
  ),
]);

export const payment = document("Payment", [
  read("paymentNumber", "_number", { dataType: "string", isRequired: true }),
  read("direction", "payment_type", {
    transform: [{ name: "VALUE_MAP", map: { received: "inbound", paid: "outbound" }, otherwise: "null" }],
  }),
  id("customer", "_customer", "Customer"),
  id("supplier", "_supplier", "Supplier"),
  read("paymentDate", "date"),
  read("amount", "amount", { isRequired: true }),
  read("currency", "_currency", { isRequired: true }),
  label("method", "payment_method_id"),
  label("bankAccount", "journal_id"),
  read("bankReference", "payment_reference"),
  read("memo", "ref"),
  read("status", "state"),
]);

export const glTransaction = document("GlTransaction", [
  read("glTransactionNumber", "_number", { dataType: "string", isRequired: true }),
  read("transactionDate", "date"),
  read("postingDate", "date"),
  label("journal", "journal_id"),
  read("type", "move_type"),
  read("status", "state"),
  read("currency", "_currency"),
  read("totalAmount", "amount_total"),
  read("reference", "ref"),
  lines(
    [
      read("lineNumber", "_line", { dataType: "string", isRequired: true }),
      link("glAccount", "account_id", "GlAccount", { readOnly: true }),
      read("debit", "debit"),
      read("credit", "credit"),
      read("foreignAmount", "amount_currency"),
      read("foreignCurrency", "_currency"),
      read("description", "name"),
    ],
    { readOnly: true },
  ),
]);
