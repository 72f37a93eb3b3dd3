import type { ModelSource } from "./notation";

/** Units, categories, product templates and their variants. */
export const PRODUCT: ModelSource[] = [
  {
    name: "uom.category",
    label: "Product UoM Categories",
    until: 18,
    fields: 'name char! "Unit of Measure Category"',
  },
  {
    name: "uom.uom",
    label: "Product Unit of Measure",
    order: "sequence, id",
    fields: `
name char! "Unit of Measure"
sequence integer "Sequence"
category_id many2one(uom.category)! "Category" @-18
factor float "Ratio"
factor_inv float-~ "Bigger Ratio" @-18
relative_factor float "Contains" @19-
relative_uom_id many2one(uom.uom) "Reference Unit" @19-
uom_type selection(bigger:Bigger than the reference Unit of Measure|reference:Reference Unit of Measure for this category|smaller:Smaller than the reference Unit of Measure) "Type" @-18
rounding float "Rounding Precision" @-18
active boolean "Active"
`,
  },
  {
    name: "product.category",
    label: "Product Category",
    order: "complete_name",
    fields: `
name char! "Name"
complete_name char-~ "Complete Name"
parent_id many2one(product.category:cascade) "Parent Category"
child_id one2many(product.category:parent_id) "Child Categories"
product_count integer-~ "# Products"
`,
  },
  {
    name: "product.template",
    label: "Product",
    order: "name",
    fields: `
name char! "Name"
sequence integer "Sequence"
description text "Description" @-14
description html "Description" @17-
description_purchase text "Purchase Description"
description_sale text "Sales Description"
type selection(consu:Consumable|service:Service|product:Storable Product)! "Product Type" @-14
detailed_type selection(consu:Consumable|service:Service|product:Storable Product)! "Product Type" @17-17
type selection(consu:Consumable|service:Service|product:Storable Product)- "Type" @17-17
type selection(consu:Goods|service:Service|combo:Combo)! "Product Type" @18-
is_storable boolean "Track Inventory" @18-
categ_id many2one(product.category) "Product Category"
currency_id many2one(res.currency)-~ "Currency"
cost_currency_id many2one(res.currency)-~ "Cost Currency"
list_price float "Sales Price"
standard_price float~ "Cost"
volume float "Volume"
weight float "Weight"
sale_ok boolean "Can be Sold"
purchase_ok boolean "Can be Purchased"
uom_id many2one(uom.uom:restrict)! "Unit of Measure"
uom_po_id many2one(uom.uom:restrict)! "Purchase Unit of Measure" @-18
uom_name char-~ "Unit of Measure Name"
company_id many2one(res.company) "Company"
active boolean "Active"
color integer "Color Index"
default_code char~ "Internal Reference"
barcode char~ "Barcode"
tracking selection(serial:By Unique Serial Number|lot:By Lots|none:No Tracking)! "Tracking"
product_variant_ids one2many(product.product:product_tmpl_id) "Products"
product_variant_id many2one(product.product)-~ "Product"
product_variant_count integer-~ "# Product Variants"
message_ids one2many(mail.message:res_id) "Messages"
qty_available float-~ "Quantity On Hand"
`,
  },
  {
    name: "product.product",
    label: "Product",
    order: "default_code, name, id",
    inherits: { model: "product.template", via: "product_tmpl_id" },
    fields: `
default_code char "Internal Reference"
barcode char "Barcode"
active boolean "Active"
product_tmpl_id many2one(product.template:cascade)! "Product Template"
standard_price float "Cost"
lst_price float~ "Sales Price"
volume float "Volume"
weight float "Weight"
combination_indices char- "Combination Indices"
message_ids one2many(mail.message:res_id) "Messages"
qty_available float-~ "Quantity On Hand"
virtual_available float-~ "Forecasted Quantity"
incoming_qty float-~ "Incoming"
outgoing_qty float-~ "Outgoing"
stock_quant_ids one2many(stock.quant:product_id) "Stock Quant"
`,
  },
  {
    name: "product.supplierinfo",
    label: "Supplier Pricelist",
    order: "sequence, min_qty desc, price, id",
    fields: `
name many2one(res.partner:cascade)! "Vendor" @-15
partner_id many2one(res.partner:cascade)! "Vendor" @16-
product_tmpl_id many2one(product.template:cascade) "Product Template"
product_id many2one(product.product) "Product Variant"
product_name char "Vendor Product Name"
product_code char "Vendor Product Code"
sequence integer "Sequence"
min_qty float "Quantity"
price float "Price"
currency_id many2one(res.currency)! "Currency"
delay integer "Delivery Lead Time"
company_id many2one(res.company) "Company"
`,
  },
];
