import type { Pool } from "undici";

/** Rows of a page, for product and limit. */
export const PAGE = 1000;

/** Where the simulated ERP is. */
export interface SourceOptions {
  erpUrl: string;
  erpDatabase: string;
}

/** The fields that the Odoo adapter reads of a partner, in its order: product and limit are served the same pages. */
export const SOURCE_FIELDS: readonly string[] = [
  "create_date",
  "write_date",
  "name",
  "ref",
  "active",
  "is_company",
  "parent_id",
  "commercial_partner_id",
  "type",
  "function",
  "vat",
  "email",
  "phone",
  "website",
  "comment",
  "street",
  "street2",
  "zip",
  "city",
  "state_id",
  "country_id",
  "lang",
  "category_id",
  "credit_limit",
  "supplier_rank",
  "customer_rank",
  "company_id",
  "user_id",
  "property_payment_term_id",
  "property_supplier_payment_term_id",
];

/** A partner as the simulated ERP shows it, as far as the limit reads it. */
interface Partner {
  id: number;
  ref: string;
  name: string;
  vat: string | false;
  email: string | false;
  phone: string | false;
  website: string | false;
  active: boolean;
  street: string | false;
  city: string | false;
  zip: string | false;
  property_supplier_payment_term_id: [number, string] | false;
  create_date: string;
  write_date: string;
}

/** A page ready to write: keys, hashes and documents, each joined by newlines. */
export interface LimitPage {
  rows: number;
  lastId: number;
  keys: string;
  hashes: string;
  docs: string;
}

type Hash = (algorithm: string, text: string, encoding: "hex") => string;

/** Twelve fields by hand, JSON.stringify, sha256: the least that the product does with a page, too. */
export function mapPage(body: string, hash: Hash): LimitPage {
  const rows = (JSON.parse(body) as { result: Partner[] }).result;
  const keys: string[] = [];
  const hashes: string[] = [];
  const docs: string[] = [];
  for (const row of rows) {
    const terms = row.property_supplier_payment_term_id;
    const doc = JSON.stringify({
      supplierNumber: row.ref,
      name: row.name,
      taxId: row.vat || undefined,
      email: row.email || undefined,
      phone: row.phone || undefined,
      website: row.website || undefined,
      active: row.active,
      paymentTerms: terms ? terms[1] : undefined,
      address: {
        line1: row.street || undefined,
        city: row.city || undefined,
        postalCode: row.zip || undefined,
        country: "NL",
      },
      custom: undefined,
      createdAt: `${row.create_date.replace(" ", "T")}Z`,
      modifiedAt: `${row.write_date.replace(" ", "T")}Z`,
    });
    keys.push(row.ref);
    hashes.push(`\\x${hash("sha256", doc, "hex")}`);
    docs.push(doc);
  }
  return {
    rows: rows.length,
    lastId: rows.at(-1)?.id ?? 0,
    keys: keys.join("\n"),
    hashes: hashes.join("\n"),
    docs: docs.join("\n"),
  };
}

/** One page of partners behind an id, as text. */
export async function fetchPage(pool: Pool, database: string, after: number): Promise<string> {
  const domain = [
    ["supplier_rank", ">", 0],
    ["id", ">", after],
  ];
  const named = { domain, fields: SOURCE_FIELDS, order: "id", limit: PAGE };
  const args = [database, 2, "x", "res.partner", "search_read", [], named];
  const params = { service: "object", method: "execute_kw", args };
  const answer = await pool.request({
    method: "POST",
    path: "/jsonrpc",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params }),
  });
  return answer.body.text();
}
