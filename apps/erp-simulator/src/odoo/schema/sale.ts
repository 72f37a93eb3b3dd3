import { ACTIVITY, PORTAL, THREAD } from "./mixins";
import type { ModelSource } from "./notation";

/** Sales orders, their lines, and manufacturing orders. */
export const SALE_AND_MANUFACTURING: ModelSource[] = [
  {
    name: "sale.order",
    label: "Sales Order",
    order: "date_order desc, id desc",
    fields: `
name char! "Order Reference"
origin char "Source Document"
client_order_ref char "Customer Reference"
reference char "Payment Ref."
state selection(draft:Quotation|sent:Quotation Sent|sale:Sales Order|done:Locked|cancel:Cancelled)- "Status" @-16
state selection(draft:Quotation|sent:Quotation Sent|sale:Sales Order|cancel:Cancelled)- "Status" @17-
locked boolean "Locked" @17-
date_order datetime! "Order Date"
validity_date date "Expiration"
commitment_date datetime "Delivery Date"
user_id many2one(res.users) "Salesperson"
partner_id many2one(res.partner)! "Customer"
partner_invoice_id many2one(res.partner)! "Invoice Address"
partner_shipping_id many2one(res.partner)! "Delivery Address"
currency_id many2one(res.currency) "Currency"
order_line one2many(sale.order.line:order_id) "Order Lines"
invoice_count integer-~ "Invoice Count"
invoice_status selection(upselling:Upselling Opportunity|invoiced:Fully Invoiced|to invoice:To Invoice|no:Nothing to Invoice)- "Invoice Status"
note text "Terms and conditions" @-14
note html "Terms and conditions" @17-
amount_untaxed monetary- "Untaxed Amount"
amount_tax monetary- "Taxes"
amount_total monetary- "Total"
payment_term_id many2one(account.payment.term) "Payment Terms"
company_id many2one(res.company)! "Company"
warehouse_id many2one(stock.warehouse) "Warehouse"
picking_ids one2many(stock.picking:sale_id) "Transfers"
delivery_status selection(pending:Not Delivered|started|partial:Partially Delivered|full:Fully Delivered)- "Delivery Status" @17-
${ACTIVITY}${THREAD}${PORTAL}`,
  },
  {
    name: "sale.order.line",
    label: "Sales Order Line",
    order: "order_id, sequence, id",
    fields: `
order_id many2one(sale.order:cascade)! "Order Reference"
name text! "Description"
sequence integer "Sequence"
product_id many2one(product.product) "Product"
product_uom_qty float! "Quantity"
product_uom many2one(uom.uom) "Unit of Measure" @-18
product_uom_id many2one(uom.uom) "Unit" @19-
price_unit float! "Unit Price"
discount float "Discount (%)"
tax_id many2many(account.tax) "Taxes" @-18
tax_ids many2many(account.tax) "Taxes" @19-
price_subtotal monetary- "Subtotal"
price_tax float- "Total Tax"
price_total monetary- "Total"
qty_delivered float "Delivery Quantity"
qty_invoiced float- "Invoiced Quantity"
qty_to_invoice float- "Quantity To Invoice"
order_partner_id many2one(res.partner)-~ "Customer"
currency_id many2one(res.currency)-~ "Currency"
company_id many2one(res.company)-~ "Company"
state selection(draft:Quotation|sent:Quotation Sent|sale:Sales Order|done:Locked|cancel:Cancelled)-~ "Order Status"
display_type selection(line_section:Section|line_note:Note) "Display Type"
move_ids one2many(stock.move:sale_line_id) "Stock Moves"
`,
  },
  {
    name: "mrp.production",
    label: "Production Order",
    order: "priority desc, id",
    fields: `
name char! "Reference"
priority selection(0:Normal|1:Urgent) "Priority"
origin char "Source"
product_id many2one(product.product:restrict)! "Product"
product_qty float! "Quantity To Produce"
product_uom_id many2one(uom.uom)! "Product Unit of Measure"
qty_producing float "Quantity Producing"
qty_produced float- "Quantity Produced"
lot_producing_id many2one(stock.production.lot) "Lot/Serial Number" @-14
lot_producing_id many2one(stock.lot) "Lot/Serial Number" @17-18
lot_producing_ids many2many(stock.lot) "Lot/Serial Numbers" @19-
bom_id many2one(mrp.bom) "Bill of Material"
picking_type_id many2one(stock.picking.type)! "Operation Type"
location_src_id many2one(stock.location)! "Components Location"
location_dest_id many2one(stock.location)! "Finished Products Location"
date_planned_start datetime! "Scheduled Date" @-16
date_planned_finished datetime "Scheduled End Date" @-16
date_start datetime "Start Date" @-16
date_start datetime! "Start" @17-
date_finished datetime "End Date"
date_deadline datetime "Deadline"
state selection(draft|confirmed|progress:In Progress|to_close:To Close|done|cancel:Cancelled)- "State"
reservation_state selection(confirmed:Waiting|assigned:Ready|waiting:Waiting Another Operation)- "Material Availability"
message_ids one2many(mail.message:res_id) "Messages"
workorder_ids one2many(mrp.workorder:production_id) "Work Orders"
move_raw_ids one2many(stock.move:raw_material_production_id) "Components"
move_finished_ids one2many(stock.move:production_id) "Finished Products"
user_id many2one(res.users) "Responsible"
company_id many2one(res.company)! "Company"
`,
  },
  {
    name: "mrp.workcenter",
    label: "Work Center",
    order: "name",
    fields:
      'name char! "Work Center"\ncode char "Code"\nactive boolean "Active"\ncompany_id many2one(res.company) "Company"',
  },
  {
    name: "mrp.workorder",
    label: "Work Order",
    fields: `
name char! "Work Order"
production_id many2one(mrp.production:cascade)! "Manufacturing Order"
workcenter_id many2one(mrp.workcenter)! "Work Center"
state selection(pending|waiting|ready|progress:In Progress|done:Finished|cancel:Cancelled)- "Status" @-18
state selection(blocked|ready:To Do|progress:In Progress|done:Finished|cancel:Cancelled)- "Status" @19-
duration_expected float "Expected Duration"
duration float "Real Duration"
qty_produced float "Quantity"
date_planned_start datetime "Scheduled Start Date" @-16
date_planned_finished datetime "Scheduled End Date" @-16
date_start datetime "Start"
date_finished datetime "End"
`,
  },
];
