/** One row's place in the sequence: id, its number as text, how often it was changed, its stamps. */
export interface BulkRow {
  id: number;
  text: string;
  version: number;
  stamp: string;
  created: string;
}

/** Type of a field and the JSON text of its value in a row. */
export type BulkField = readonly [type: string, value: (row: BulkRow) => string];

const constant = (type: string, text: string): BulkField => [type, () => text];

const COMMON: Record<string, BulkField> = {
  id: ["integer", ({ id }) => String(id)],
  write_date: ["datetime", ({ stamp }) => `"${stamp}"`],
  create_date: ["datetime", ({ created }) => `"${created}"`],
  active: constant("boolean", "true"),
  company_id: constant("many2one", "false"),
  currency_id: constant("many2one", '[1, "EUR"]'),
};

const PARTNER: Record<string, BulkField> = {
  ...COMMON,
  display_name: ["char", ({ text }) => `"Supplier ${text}"`],
  name: ["char", ({ text }) => `"Supplier ${text}"`],
  ref: ["char", ({ text }) => `"S${text}"`],
  is_company: constant("boolean", "true"),
  parent_id: constant("many2one", "false"),
  commercial_partner_id: ["many2one", ({ id, text }) => `[${id}, "Supplier ${text}"]`],
  type: constant("selection", '"contact"'),
  function: constant("char", "false"),
  vat: ["char", ({ text }) => `"NL${text}B01"`],
  email: ["char", ({ text, version }) => `"office${version === 0 ? "" : `.v${version}`}@supplier-${text}.example"`],
  phone: ["char", ({ text }) => `"+31 10 ${text}"`],
  website: ["char", ({ text }) => `"https://supplier-${text}.example"`],
  comment: constant("html", "false"),
  street: ["char", ({ id }) => `"${1 + (id % 240)} Quay Street"`],
  street2: constant("char", "false"),
  zip: ["char", ({ id }) => `"${10000 + (id % 89999)}"`],
  city: constant("char", '"Rotterdam"'),
  state_id: constant("many2one", "false"),
  country_id: constant("many2one", '[1, "Netherlands"]'),
  lang: constant("selection", '"en_US"'),
  category_id: constant("many2many", "[1]"),
  credit_limit: constant("float", "0.0"),
  supplier_rank: constant("integer", "1"),
  customer_rank: constant("integer", "0"),
  user_id: constant("many2one", "false"),
  property_payment_term_id: constant("many2one", "false"),
  property_supplier_payment_term_id: constant("many2one", '[2, "30 Days"]'),
};

const price: BulkField = ["float", ({ id }) => ((id % 99_991) / 100).toFixed(2)];

const PRODUCT: Record<string, BulkField> = {
  ...COMMON,
  display_name: ["char", ({ text }) => `"[P${text}] Part ${text}"`],
  name: ["char", ({ text, version }) => `"Part ${text}${version === 0 ? "" : ` rev ${version}`}"`],
  default_code: ["char", ({ text }) => `"P${text}"`],
  barcode: ["char", ({ text }) => `"87${text}0000"`],
  type: constant("selection", '"consu"'),
  tracking: constant("selection", '"none"'),
  categ_id: ["many2one", ({ id }) => `[${2 + (id % 4)}, "All / Components"]`],
  uom_id: constant("many2one", '[1, "Units"]'),
  standard_price: price,
  lst_price: price,
  list_price: price,
  weight: ["float", ({ id }) => ((id % 4000) / 100).toFixed(2)],
  purchase_ok: constant("boolean", "true"),
  sale_ok: constant("boolean", "true"),
  description: constant("text", "false"),
  description_sale: constant("text", "false"),
  description_purchase: constant("text", "false"),
  cost_currency_id: constant("many2one", '[1, "EUR"]'),
};

/** The fields of each model that a bulk server knows. */
export const BULK_FIELDS = { "res.partner": PARTNER, "product.product": PRODUCT } as const;

/** Rows of the small tables that an adapter looks up beside the bulk model. */
export const BULK_TABLES: Readonly<Record<string, string>> = {
  "res.country": '[{"id": 1, "name": "Netherlands", "code": "NL"}]',
  "res.currency": '[{"id": 1, "name": "EUR", "decimal_places": 2}]',
  "res.company": '[{"id": 1, "name": "Northwind Marine Works"}]',
  "uom.uom": '[{"id": 1, "name": "Units"}]',
};
