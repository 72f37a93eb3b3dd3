import type { JsonObject } from "@dovetail/domain";

/** The one order of every delivery, as it arrives. */
export const ORDER: JsonObject = {
  poNumber: "PO-1",
  supplier: "S-1",
  status: "APPROVED",
  orderDate: "2026-11-02T08:00:00Z",
  buyer: "Ada",
  currency: "EUR",
  totalAmount: "33.75",
  lines: [
    {
      lineNumber: "1",
      part: "B-8",
      description: "Bolt M8",
      quantity: "27",
      unit: "EA",
      unitPrice: "1.25",
      lineTotal: "33.75",
    },
  ],
  custom: {},
};

const cell = (widths: readonly number[], values: readonly string[]) =>
  `${values.map((value, at) => value.padEnd(widths[at] ?? 0)).join("")}\n`;

/** Files by template, with the same content in each format. */
export const DELIVERIES = {
  "file-purchasing-csv": {
    "suppliers.csv":
      "supplier_number,name,tax_id,email,phone,currency,payment_terms,street,city,postal_code,country\n" +
      "S-1,Müller & Söhne,,,,EUR,NET30,,Köln,50667,DE\n",
    "parts.csv":
      "part_number,name,description,unit,currency,standard_cost,supplier_number\nB-8,Bolt M8,,EA,EUR,1.25,S-1\n",
    "purchase-order-lines-1.csv":
      "po_number,line_number,part_number,description,quantity,unit,unit_price,line_total\n" +
      "PO-1,1,B-8,Bolt M8,27,EA,1.25,33.75\n",
    "purchase-orders-1.csv":
      "po_number,supplier_number,status,order_date,expected_date,buyer,currency,total_amount\n" +
      "PO-1,S-1,APPROVED,2026-11-02 08:00:00,,Ada,EUR,33.75\n",
  },
  "file-purchasing-xml": {
    "suppliers.xml":
      "<Suppliers><Supplier><SupplierNumber>S-1</SupplierNumber><Name>Müller &amp; Söhne</Name>" +
      "<Currency>EUR</Currency></Supplier></Suppliers>",
    "parts.xml":
      "<Parts><Part><PartNumber>B-8</PartNumber><Name>Bolt M8</Name><Unit>EA</Unit><StandardCost>1.25</StandardCost>" +
      "<SupplierNumber>S-1</SupplierNumber></Part></Parts>",
    "purchase-orders.xml":
      "<PurchaseOrders><PurchaseOrder><PoNumber>PO-1</PoNumber><SupplierNumber>S-1</SupplierNumber>" +
      "<Status>APPROVED</Status><OrderDate>2026-11-02T08:00:00Z</OrderDate><Buyer>Ada</Buyer><Currency>EUR</Currency>" +
      "<TotalAmount>33.75</TotalAmount><Lines><Line><LineNumber>1</LineNumber><PartNumber>B-8</PartNumber>" +
      "<Description>Bolt M8</Description><Quantity>27</Quantity><Unit>EA</Unit><UnitPrice>1.25</UnitPrice>" +
      "<LineTotal>33.75</LineTotal></Line></Lines></PurchaseOrder></PurchaseOrders>",
  },
  "file-purchasing-fixed": {
    "suppliers.txt": latin(
      cell(
        [20, 60, 20, 60, 30, 3, 20, 60, 40, 12, 2],
        ["S-1", "Müller & Söhne", "", "", "", "EUR", "NET30", "", "Köln", "50667", "DE"],
      ),
    ),
    "parts.txt": cell([30, 60, 120, 10, 3, 18, 20], ["B-8", "Bolt M8", "", "EA", "EUR", "1.25", "S-1"]),
    "purchase-order-lines-1.txt": cell(
      [20, 10, 30, 60, 18, 10, 18, 18],
      ["PO-1", "1", "B-8", "Bolt M8", "27", "EA", "1.25", "33.75"],
    ),
    "purchase-orders-1.txt": cell(
      [20, 20, 20, 20, 20, 40, 3, 18],
      ["PO-1", "S-1", "APPROVED", "2026-11-02 08:00:00", "", "Ada", "EUR", "33.75"],
    ),
  },
} satisfies Record<string, Record<string, string | Uint8Array>>;

/** What Odoo's import-compatible exports hold. */
export const ODOO_EXPORT = {
  "res.partner.csv":
    "id,ref,name,vat,email,phone,website,street,street2,city,zip\n" +
    "base.res_partner_12,AZURE,Azure Interior,,azure@example.com,,,4557 De Silva St,,Fremont,94538\n",
  "product.product.csv":
    "id,default_code,name,barcode,uom_id/id,standard_price,list_price,weight\n" +
    "product.product_product_13,E-COM11,Cabinet with Doors,,uom.product_uom_unit,120.50,147.00,330.00\n",
  "purchase.order.line-1.csv":
    "id,order_id/id,product_id/id,name,product_qty,price_unit,price_subtotal,date_planned\n" +
    "__export__.purchase_order_line_7,__export__.purchase_order_12,product.product_product_13,Cabinet,2.0,105.00,210.00,2026-11-09 08:30:00\n",
  "purchase.order-1.csv":
    "id,name,partner_id/id,partner_ref,state,date_order,amount_untaxed,amount_tax,amount_total\n" +
    "__export__.purchase_order_12,P00012,base.res_partner_12,,Purchase Order,2026-11-02 08:30:00,210.00,31.50,241.50\n",
};

function latin(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
