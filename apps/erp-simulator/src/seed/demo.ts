import { dispatchMethod } from "../odoo/dispatch";
import type { Database } from "../odoo/database";
import type { Env } from "../odoo/env";
import type { JsonObject } from "../odoo/values";
import { create } from "../odoo/writer";
import { moveQuantity } from "../odoo/behaviour/stock";
import { between, createRandom, pick, type Random } from "../random";
import { CITIES, COMPANY_FORMS, COMPANY_STEMS, COMPANY_TRADES, FIRST_NAMES, GRADES, LAST_NAMES, PARTS } from "./names";

/** How much demo data to make. */
export interface DemoSize {
  suppliers: number;
  customers: number;
  products: number;
  purchaseOrders: number;
  salesOrders: number;
  manufacturingOrders: number;
}

const USUAL: DemoSize = {
  suppliers: 40,
  customers: 15,
  products: 120,
  purchaseOrders: 60,
  salesOrders: 20,
  manufacturingOrders: 12,
};

interface Demo {
  env: Env;
  random: Random;
  size: DemoSize;
  suppliers: number[];
  customers: number[];
  products: number[];
}

/** Fills a database with demo data; the same seed gives the same data. Each part is its own transaction. */
export function seedDemo(database: Database, seed: number, size: Partial<DemoSize> = {}): void {
  const random = createRandom(seed);
  const known: Pick<Demo, "suppliers" | "customers" | "products"> = { suppliers: [], customers: [], products: [] };
  const parts = [seedPartners, seedProducts, seedStock, seedPurchases, seedSales, seedProduction, seedInvoices];
  for (const part of parts) {
    database.transact("demo", (env) => part({ env, random, size: { ...USUAL, ...size }, ...known }));
  }
}

function companyName(random: Random, n: number): string {
  const stem = COMPANY_STEMS[n % COMPANY_STEMS.length] ?? "";
  const trade = COMPANY_TRADES[(n * 7 + Math.floor(n / COMPANY_STEMS.length)) % COMPANY_TRADES.length] ?? "";
  return `${stem} ${trade} ${pick(random, COMPANY_FORMS)}`;
}

function seedPartners({ env, random, size, suppliers, customers }: Demo): void {
  for (let n = 0; n < size.suppliers + size.customers; n++) {
    const supplier = n < size.suppliers;
    const name = companyName(random, n);
    const [city, country] = pick(random, CITIES);
    const host = name
      .toLowerCase()
      .replace(/[^a-z]+/g, "-")
      .replace(/-$/, "");
    const id = create(env, "res.partner", {
      name,
      is_company: true,
      ref: `${supplier ? "SUP" : "CUS"}${String(n + 1).padStart(4, "0")}`,
      email: `sales@${host}.example`,
      phone: `+31 10 555 ${String(1000 + n)}`,
      city,
      country_id: country,
      street: `${between(random, 1, 240)} Quay Street`,
      zip: String(between(random, 10000, 99999)),
      vat: `NL${String(800000000 + n * 137).padStart(9, "0")}B01`,
      credit_limit: supplier ? 0 : between(random, 5, 50) * 1000,
      ...(supplier ? { supplier_rank: 1, category_id: [[6, 0, [1]]] } : { customer_rank: 1 }),
    });
    (supplier ? suppliers : customers).push(id);
    if (n % 3 === 0) {
      const person = `${pick(random, FIRST_NAMES)} ${pick(random, LAST_NAMES)}`;
      create(env, "res.partner", {
        name: person,
        parent_id: id,
        type: "contact",
        function: supplier ? "Sales" : "Purchasing",
        email: `${person.toLowerCase().replace(/[^a-z]+/g, ".")}@${host}.example`,
      });
    }
  }
}

function seedProducts({ env, random, size, suppliers, products }: Demo): void {
  const type = env.version === 17 ? "detailed_type" : "type";
  for (let n = 0; n < size.products; n++) {
    const cost = between(random, 50, 90000) / 100;
    const stocked: JsonObject = env.version === 19 ? { type: "consu", is_storable: true } : { [type]: "product" };
    const id = create(env, "product.product", {
      name: `${PARTS[n % PARTS.length] ?? "Part"} ${GRADES[Math.floor(n / PARTS.length) % GRADES.length] ?? ""}`,
      default_code: `DT-${String(1000 + n)}`,
      standard_price: cost,
      list_price: Math.round(cost * 140) / 100,
      categ_id: between(random, 2, 5),
      uom_id: n % 9 === 0 ? 3 : 1,
      weight: between(random, 1, 4000) / 100,
      barcode: `87${String(10_000_000_000 + n * 37)}`,
      ...stocked,
    });
    products.push(id);
    if (suppliers.length === 0) continue;
    const vendor = env.version === 14 ? "name" : "partner_id";
    create(env, "product.supplierinfo", {
      [vendor]: pick(random, suppliers),
      product_tmpl_id: env.id("product.product", id, "product_tmpl_id"),
      product_id: id,
      price: cost,
      min_qty: 1,
      delay: between(random, 2, 30),
      currency_id: 1,
      sequence: 1,
      product_code: `V-${n}`,
    });
  }
}

function seedStock({ env, random, products }: Demo): void {
  const lots = env.version === 14 ? "stock.production.lot" : "stock.lot";
  for (const [n, product] of products.entries()) {
    const lot =
      n % 10 === 0
        ? create(env, lots, { name: `LOT-${String(n).padStart(5, "0")}`, product_id: product, company_id: 1 })
        : null;
    moveQuantity(env, product, between(random, 8, 10), lot, String(between(random, 0, 500)));
  }
}

function call(env: Env, model: string, method: string, id: number): void {
  dispatchMethod(env, model, method, [id]);
}

function seedPurchases({ env, random, size, suppliers, products }: Demo): void {
  if (suppliers.length === 0 || products.length === 0) return;
  for (let n = 0; n < size.purchaseOrders; n++) {
    const lines = Array.from({ length: between(random, 1, 5) }, () => {
      const product = pick(random, products);
      return [
        0,
        0,
        {
          product_id: product,
          product_qty: between(random, 1, 40),
          price_unit: String(env.get("product.product", product, "standard_price")),
          [env.version === 19 ? "tax_ids" : "taxes_id"]: [[6, 0, [2]]],
        },
      ];
    });
    const id = create(env, "purchase.order", {
      partner_id: pick(random, suppliers),
      partner_ref: `Q-${between(random, 10000, 99999)}`,
      origin: `MRP-${n + 1}`,
      order_line: lines as never,
    });
    if (n % 4 !== 0) call(env, "purchase.order", "button_confirm", id);
    if (n % 4 === 2) {
      const picking = env.ids("purchase.order", id, "picking_ids")[0];
      if (picking !== undefined)
        dispatchMethod(env.withContext({ skip_immediate: true }), "stock.picking", "button_validate", [picking]);
    }
  }
}

function seedSales({ env, random, size, customers, products }: Demo): void {
  if (customers.length === 0 || products.length === 0) return;
  for (let n = 0; n < size.salesOrders; n++) {
    const lines = Array.from({ length: between(random, 1, 3) }, () => [
      0,
      0,
      { product_id: pick(random, products), product_uom_qty: between(random, 1, 9) },
    ]);
    const id = create(env, "sale.order", {
      partner_id: pick(random, customers),
      client_order_ref: `PO-${n + 500}`,
      order_line: lines as never,
    });
    if (n % 2 === 0) call(env, "sale.order", "action_confirm", id);
  }
}

function seedProduction({ env, random, size, products }: Demo): void {
  if (products.length === 0) return;
  for (let n = 0; n < size.manufacturingOrders; n++) {
    const id = create(env, "mrp.production", {
      product_id: pick(random, products),
      product_qty: between(random, 1, 20),
      origin: `S${String(n + 1).padStart(5, "0")}`,
    });
    addWork(env, random, id, products);
    if (n % 3 !== 0) call(env, "mrp.production", "action_confirm", id);
    if (n % 3 === 2) call(env, "mrp.production", "button_mark_done", id);
  }
}

function addWork(env: Env, random: Random, production: number, products: number[]): void {
  if (env.store.table("mrp.workcenter").ids.length === 0)
    create(env, "mrp.workcenter", { name: "Assembly bay", company_id: 1 });
  for (const name of ["Cutting", "Assembly"]) {
    create(env, "mrp.workorder", {
      name,
      production_id: production,
      workcenter_id: 1,
      duration_expected: 60,
      state: "ready",
    });
  }
  create(env, "stock.move", {
    ...(env.version === 19 ? {} : { name: "Component" }),
    raw_material_production_id: production,
    product_id: pick(random, products),
    product_uom_qty: between(random, 1, 9),
    location_id: 8,
    location_dest_id: 11,
    state: "confirmed",
  });
}

function seedInvoices({ env, random, suppliers, customers, products }: Demo): void {
  if (products.length === 0) return;
  const kinds = [
    ["in_invoice", suppliers],
    ["out_invoice", customers],
  ] as const;
  for (const [type, partners] of kinds) {
    for (let n = 0; n < 15 && partners.length > 0; n++) {
      const partner = pick(random, partners);
      const amount = between(random, 100, 50000) / 100;
      const line = {
        product_id: pick(random, products),
        quantity: between(random, 1, 10),
        price_unit: amount,
        tax_ids: [[6, 0, [type === "in_invoice" ? 2 : 1]]],
      };
      const id = create(env, "account.move", {
        move_type: type,
        partner_id: partner,
        ref: `${type === "in_invoice" ? "VB" : "CI"}-${n + 1}`,
        invoice_date: env.tx.stamp.slice(0, 10),
        invoice_line_ids: [[0, 0, line]],
      });
      if (n % 5 === 0) continue;
      call(env, "account.move", "action_post", id);
      if (n % 3 !== 0) continue;
      const payment = create(env, "account.payment", {
        payment_type: type === "in_invoice" ? "outbound" : "inbound",
        partner_type: type === "in_invoice" ? "supplier" : "customer",
        partner_id: partner,
        amount,
        [env.version === 19 ? "memo" : "ref"]: env.text("account.move", id, "name"),
      });
      call(env, "account.payment", "action_post", payment);
    }
  }
}
