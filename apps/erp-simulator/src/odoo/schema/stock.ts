import type { ModelSource } from "./notation";

const USAGE =
  "supplier:Vendor Location|view|internal:Internal Location|customer:Customer Location|inventory:Inventory Loss|production|transit:Transit Location";
const MOVE_STATE =
  "draft:New|waiting:Waiting Another Move|confirmed:Waiting Availability|partially_available:Partially Available|assigned:Available|done|cancel:Cancelled";

const LOT_FIELDS = `
name char! "Lot/Serial Number"
ref char "Internal Reference"
product_id many2one(product.product:restrict)! "Product"
product_uom_id many2one(uom.uom)-~ "Unit of Measure"
product_qty float-~ "Quantity"
note text "Description" @-14
note html "Description" @17-
company_id many2one(res.company) "Company"
`;

/** Warehouses, locations, lots, quants, transfers and moves. */
export const STOCK: ModelSource[] = [
  {
    name: "stock.warehouse",
    label: "Warehouse",
    fields: `
name char! "Warehouse"
code char! "Short Name"
active boolean "Active"
company_id many2one(res.company)! "Company"
lot_stock_id many2one(stock.location)! "Location Stock"
`,
  },
  {
    name: "stock.location",
    label: "Inventory Locations",
    order: "complete_name, id",
    fields: `
name char! "Location Name"
complete_name char-~ "Full Location Name"
active boolean "Active"
usage selection(${USAGE})! "Location Type"
location_id many2one(stock.location) "Parent Location"
child_ids one2many(stock.location:location_id) "Contains"
barcode char "Barcode"
scrap_location boolean "Is a Scrap Location?" @-18
company_id many2one(res.company) "Company"
`,
  },
  {
    name: "stock.picking.type",
    label: "Picking Type",
    order: "sequence, id",
    fields: `
name char! "Operation Type"
code selection(incoming:Receipt|outgoing:Delivery|internal:Internal Transfer|mrp_operation:Manufacturing)! "Type of Operation"
sequence integer "Sequence"
sequence_code char! "Code"
warehouse_id many2one(stock.warehouse) "Warehouse"
default_location_src_id many2one(stock.location) "Default Source Location"
default_location_dest_id many2one(stock.location) "Default Destination Location"
active boolean "Active"
company_id many2one(res.company)! "Company"
`,
  },
  { name: "stock.production.lot", label: "Lot/Serial", order: "name, id", until: 15, fields: LOT_FIELDS },
  { name: "stock.lot", label: "Lot/Serial", order: "name, id", since: 16, fields: LOT_FIELDS },
  {
    name: "stock.quant",
    label: "Quants",
    fields: `
product_id many2one(product.product:restrict)! "Product"
product_tmpl_id many2one(product.template)-~ "Product Template"
product_uom_id many2one(uom.uom)-~ "Unit of Measure"
company_id many2one(res.company)-~ "Company"
location_id many2one(stock.location:restrict)! "Location"
lot_id many2one(stock.production.lot) "Lot/Serial Number" @-15
lot_id many2one(stock.lot) "Lot/Serial Number" @16-
package_id many2one(stock.quant.package) "Package" @-18
package_id many2one(stock.package) "Package" @19-
owner_id many2one(res.partner) "Owner"
quantity float- "Quantity"
available_quantity float-~ "Available Quantity"
inventory_quantity float "Inventoried Quantity"
reserved_quantity float- "Reserved Quantity"
in_date datetime! "Incoming Date"
`,
  },
  {
    name: "stock.picking",
    label: "Transfer",
    order: "priority desc, scheduled_date asc, id desc",
    fields: `
name char! "Reference"
origin char "Source Document"
note text "Notes" @-14
note html "Notes" @17-
backorder_id many2one(stock.picking) "Back Order of"
backorder_ids one2many(stock.picking:backorder_id)- "Back Orders"
priority selection(0:Normal|1:Urgent) "Priority"
state selection(draft|waiting:Waiting Another Operation|confirmed:Waiting|assigned:Ready|done|cancel:Cancelled)- "Status"
scheduled_date datetime "Scheduled Date"
date datetime "Creation Date" @-18
date_deadline datetime- "Deadline"
date_done datetime- "Date of Transfer"
location_id many2one(stock.location)! "Source Location"
location_dest_id many2one(stock.location)! "Destination Location"
move_lines one2many(stock.move:picking_id) "Stock Moves" @-15
move_ids_without_package one2many(stock.move:picking_id) "Stock moves not in package" @-18
move_ids one2many(stock.move:picking_id) "Stock Moves" @16-
move_line_ids one2many(stock.move.line:picking_id) "Operations"
picking_type_id many2one(stock.picking.type)! "Operation Type"
picking_type_code selection(incoming:Receipt|outgoing:Delivery|internal:Internal Transfer|mrp_operation:Manufacturing)-~ "Type of Operation"
partner_id many2one(res.partner) "Contact"
company_id many2one(res.company)-~ "Company"
user_id many2one(res.users) "Responsible"
message_ids one2many(mail.message:res_id) "Messages"
purchase_id many2one(purchase.order)- "Purchase Orders"
sale_id many2one(sale.order) "Sales Order"
`,
  },
  {
    name: "stock.move",
    label: "Stock Move",
    order: "sequence, id",
    fields: `
name char! "Description" @-18
description_picking text "Description of Picking"
sequence integer "Sequence"
priority selection(0:Normal|1:Urgent) "Priority"
date datetime! "Date Scheduled"
date_deadline datetime- "Deadline"
company_id many2one(res.company)! "Company"
product_id many2one(product.product:restrict)! "Product"
product_qty float-~ "Real Quantity"
product_uom_qty float! "Demand"
product_uom many2one(uom.uom)! "UoM"
location_id many2one(stock.location)! "Source Location"
location_dest_id many2one(stock.location)! "Destination Location"
partner_id many2one(res.partner) "Destination Address"
picking_id many2one(stock.picking) "Transfer"
picking_type_id many2one(stock.picking.type) "Operation Type"
state selection(${MOVE_STATE})- "Status"
price_unit float "Unit Price"
origin char "Source Document"
reference char- "Reference"
quantity_done float "Quantity Done" @-16
reserved_availability float-~ "Quantity Reserved" @-16
quantity float "Quantity" @17-
picked boolean "Picked" @17-
move_line_ids one2many(stock.move.line:move_id) "Move Lines"
purchase_line_id many2one(purchase.order.line) "Purchase Order Line"
raw_material_production_id many2one(mrp.production) "Production Order for components"
production_id many2one(mrp.production) "Production Order for finished products"
sale_line_id many2one(sale.order.line) "Sale Line"
`,
  },
  {
    name: "stock.move.line",
    label: "Product Moves (Stock Move Line)",
    order: "id",
    fields: `
picking_id many2one(stock.picking) "Transfer"
move_id many2one(stock.move:cascade) "Stock Move"
company_id many2one(res.company) "Company"
product_id many2one(product.product:cascade) "Product"
product_uom_id many2one(uom.uom) "Unit of Measure"
product_uom_qty float "Reserved" @-16
qty_done float "Done" @-16
quantity float "Quantity" @17-
picked boolean "Picked" @17-
lot_id many2one(stock.production.lot) "Lot/Serial Number" @-15
lot_id many2one(stock.lot) "Lot/Serial Number" @16-
lot_name char "Lot/Serial Number Name"
date datetime "Date"
location_id many2one(stock.location)! "From"
location_dest_id many2one(stock.location)! "To"
state selection(${MOVE_STATE})-~ "Status"
reference char-~ "Reference"
origin char-~ "Source"
`,
  },
];
