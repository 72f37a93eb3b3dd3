import { ACTIVITY, PORTAL, THREAD } from "./mixins";
import type { ModelSource } from "./notation";

const USAGE_14 =
  "supplier:Vendor Location|view:View|internal:Internal Location|customer:Customer Location|inventory:Inventory Loss|production|transit:Transit Location";
const USAGE_17 = "supplier:Vendor|view:Virtual|internal:Internal|customer|inventory:Inventory Loss|production|transit";

/** Purchase orders and their lines. */
export const PURCHASE: ModelSource[] = [
  {
    name: "purchase.order",
    label: "Purchase Order",
    order: "priority desc, id desc",
    fields: `
name char! "Order Reference"
priority selection(0:Normal|1:Urgent) "Priority"
origin char "Source Document" @-18
origin char "Source" @19-
partner_ref char "Vendor Reference"
date_order datetime! "Order Deadline"
date_approve datetime-# "Confirmation Date" @-16
date_approve datetime- "Confirmation Date" @17-
partner_id many2one(res.partner)! "Vendor"
dest_address_id many2one(res.partner) "Drop Ship Address" @-18
dest_address_id many2one(res.partner) "Dropship Address" @19-
currency_id many2one(res.currency)! "Currency"
state selection(draft:RFQ|sent:RFQ Sent|to approve:To Approve|purchase:Purchase Order|done:Locked|cancel:Cancelled)- "Status" @-18
state selection(draft:RFQ|sent:RFQ Sent|to approve:To Approve|purchase:Purchase Order|cancel:Cancelled)- "Status" @19-
locked boolean "Locked" @19-
lock_confirmed_po selection(edit:Allow to edit purchase orders|lock:Confirmed purchase orders are not editable)-~ "Purchase Order Modification" @19-
order_line one2many(purchase.order.line:order_id) "Order Lines"
acknowledged boolean "Acknowledged" @19-
notes text "Terms and Conditions" @-14
notes html "Terms and Conditions" @17-18
note html "Terms and Conditions" @19-
partner_bill_count integer-~ "# Vendor Bills" @19-
invoice_count integer-~ "Bill Count"
invoice_ids many2many(account.move)-~ "Bills"
invoice_status selection(no:Nothing to Bill|to invoice:Waiting Bills|invoiced:Fully Billed)- "Billing Status"
date_planned datetime "Receipt Date" @-14
date_planned datetime "Expected Arrival" @17-
date_calendar_start datetime- "Date Calendar Start"
amount_untaxed monetary- "Untaxed Amount"
tax_totals binary-~ "Tax Totals" @17-
amount_tax monetary- "Taxes"
amount_total monetary- "Total"
amount_total_cc monetary- "Total in currency" @19-
fiscal_position_id many2one(account.fiscal.position) "Fiscal Position"
tax_country_id many2one(res.country)-~ "Tax Country" @17-
tax_calculation_rounding_method selection(round_globally:Round per Tax|round_per_line:Round per Line)-~ "Tax calculation rounding method" @17-
payment_term_id many2one(account.payment.term) "Payment Terms"
incoterm_id many2one(account.incoterms) "Incoterm"
product_id many2one(product.product)~ "Product" @-16
product_id many2one(product.product)-~ "Product" @17-
user_id many2one(res.users) "Purchase Representative" @-14
user_id many2one(res.users) "Buyer" @17-
company_id many2one(res.company)! "Company"
company_currency_id many2one(res.currency)-~ "Company Currency" @19-
country_code char-~ "Country code" @19-
company_price_include selection(tax_included:Tax Included|tax_excluded:Tax Excluded)-~ "Default Sales Price Include" @19-
currency_rate float- "Currency Rate"
duplicated_order_ids many2many(purchase.order)-~ "Duplicated Order" @19-
mail_reminder_confirmed boolean- "Reminder Confirmed" @-18
mail_reception_confirmed boolean- "Reception Confirmed" @-18
receipt_reminder_email boolean~ "Receipt Reminder Email"
reminder_date_before_receipt integer~ "Days Before Receipt"
is_late boolean~ "Is Late" @19-
show_comparison boolean-~ "Show Comparison" @19-
purchase_warning_text text-~ "Purchase Warning" @19-
incoterm_location char "Incoterm Location" @17-
picking_count integer-~ "Picking count" @-14
incoming_picking_count integer-~ "Incoming Shipment count" @17-
picking_ids many2many(stock.picking)-~ "Receptions"
picking_type_id many2one(stock.picking.type)! "Deliver To"
default_location_dest_id_usage selection(${USAGE_14})-~ "Destination Location Type" @-14
default_location_dest_id_usage selection(${USAGE_17})-~ "Destination Location Type" @17-
group_id many2one(procurement.group) "Procurement Group" @-18
reference_ids many2many(stock.reference) "References" @19-
is_shipped boolean-~ "Is Shipped"
effective_date datetime- "Effective Date" @-14
effective_date datetime- "Arrival" @17-
on_time_rate float-~ "On-Time Delivery Rate"
receipt_status selection(pending:Not Received|partial:Partially Received|full:Fully Received)- "Receipt Status" @17-
sale_order_count integer-~ "Number of Source Sale"
has_sale_order boolean-~ "Technical field for whether the purchase order has associated sale orders" @19-
${ACTIVITY}${THREAD}${PORTAL}`,
  },
  {
    name: "purchase.order.line",
    label: "Purchase Order Line",
    order: "order_id, sequence, id",
    fields: `
name text! "Description"
sequence integer "Sequence"
order_id many2one(purchase.order:cascade)! "Order Reference"
product_id many2one(product.product) "Product"
product_qty float! "Quantity"
product_uom_qty float- "Total Quantity"
product_uom many2one(uom.uom) "Unit of Measure" @-18
product_uom_id many2one(uom.uom) "Unit" @19-
price_unit float! "Unit Price"
discount float "Discount (%)" @17-
taxes_id many2many(account.tax) "Taxes" @-18
tax_ids many2many(account.tax) "Taxes" @19-
price_subtotal monetary- "Subtotal"
price_tax float- "Tax"
price_total monetary- "Total"
date_planned datetime "Delivery Date"
qty_received float "Received Qty"
qty_received_method selection(manual|stock_moves:Stock Moves)- "Received Qty Method"
qty_received_manual float "Manual Received Qty"
qty_invoiced float- "Billed Qty"
qty_to_invoice float- "To Invoice Quantity"
display_type selection(line_section:Section|line_note:Note) "Display Type"
partner_id many2one(res.partner)- "Partner"
currency_id many2one(res.currency)-~ "Currency"
company_id many2one(res.company)-~ "Company"
date_order datetime-~ "Order Date"
state selection(draft:RFQ|sent:RFQ Sent|to approve:To Approve|purchase:Purchase Order|done:Locked|cancel:Cancelled)-~ "Status"
invoice_lines one2many(account.move.line:purchase_line_id)- "Bill Lines"
move_ids one2many(stock.move:purchase_line_id)- "Reservation"
product_type selection(consu:Consumable|service|product:Storable Product)-~ "Product Type"
`,
  },
];
