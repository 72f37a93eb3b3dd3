import type { Database } from "../odoo/database";
import type { Env } from "../odoo/env";
import type { Cell } from "../odoo/values";

type Rows = Record<string, Cell>[];

/** What every database holds from its first day: users, company, currencies, units, locations, accounts, models. */
export function seedBase(database: Database): void {
  database.transact("install", (env) => {
    const put = (model: string, rows: Rows): void => {
      for (const row of rows) insert(env, model, row);
    };
    seedCurrencies(put);
    seedPeople(put);
    seedUnits(put);
    seedWarehouse(put);
    seedAccounts(put);
    seedJournals(put);
    seedModels(env, put);
  });
}

function insert(env: Env, model: string, values: Record<string, Cell>): void {
  const definition = env.world.schema.models.get(model);
  if (!definition) return;
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => definition.fields.has(name)));
  const { stamp } = env.tx;
  const active: Record<string, Cell> = definition.fields.has("active") ? { active: true } : {};
  const audit = { create_date: stamp, create_uid: 1, write_date: stamp, write_uid: 1 };
  env.tx.put(model, env.tx.nextId(model), { ...active, ...kept, ...audit });
}

type Put = (model: string, rows: Rows) => void;

function seedCurrencies(put: Put): void {
  put("res.currency", [
    { name: "EUR", full_name: "Euro", symbol: "€", rounding: "0.01", decimal_places: 2, position: "after" },
    {
      name: "USD",
      full_name: "United States dollar",
      symbol: "$",
      rounding: "0.01",
      decimal_places: 2,
      position: "before",
    },
    {
      name: "GBP",
      full_name: "Pound sterling",
      symbol: "£",
      rounding: "0.01",
      decimal_places: 2,
      position: "before",
      active: false,
    },
    {
      name: "SGD",
      full_name: "Singapore dollar",
      symbol: "S$",
      rounding: "0.01",
      decimal_places: 2,
      position: "before",
      active: false,
    },
    {
      name: "NOK",
      full_name: "Norwegian krone",
      symbol: "kr",
      rounding: "0.01",
      decimal_places: 2,
      position: "before",
      active: false,
    },
  ]);
  put("res.country", [
    { name: "Netherlands", code: "NL" },
    { name: "Germany", code: "DE" },
    { name: "Norway", code: "NO" },
    { name: "Singapore", code: "SG" },
    { name: "Greece", code: "GR" },
    { name: "United States", code: "US" },
  ]);
}

function seedPeople(put: Put): void {
  const person = { is_company: false, type: "contact", color: 0, lang: "en_US", supplier_rank: 0, customer_rank: 0 };
  put("res.partner", [
    {
      ...person,
      name: "Northwind Marine Works",
      is_company: true,
      email: "office@northwind-marine.example",
      phone: "+31 10 555 0100",
      city: "Rotterdam",
      country_id: 1,
    },
    { ...person, name: "OdooBot", email: "odoobot@example.com", active: false, parent_id: 1 },
    { ...person, name: "Marit Admin", email: "admin@northwind-marine.example", parent_id: 1 },
  ]);
  put("res.company", [
    {
      name: "Northwind Marine Works",
      sequence: 0,
      partner_id: 1,
      currency_id: 1,
      email: "office@northwind-marine.example",
    },
  ]);
  put("res.users", [
    { login: "__system__", active: false, partner_id: 2, company_id: 1 },
    { login: "admin", partner_id: 3, company_id: 1 },
  ]);
  put("res.partner.category", [{ name: "Approved vendor" }, { name: "Steel" }, { name: "Electrical" }]);
}

function seedUnits(put: Put): void {
  put("uom.category", [{ name: "Unit" }, { name: "Weight" }, { name: "Length" }, { name: "Volume" }]);
  const unit = (name: string, category: number, factor: string, type: string, sequence: number) => ({
    name,
    category_id: category,
    factor,
    relative_factor: factor,
    uom_type: type,
    rounding: "0.01",
    sequence,
  });
  put("uom.uom", [
    unit("Units", 1, "1", "reference", 1),
    unit("Dozens", 1, "0.08333333333333333", "bigger", 2),
    unit("kg", 2, "1", "reference", 3),
    unit("g", 2, "1000", "smaller", 4),
    unit("m", 3, "1", "reference", 5),
    unit("L", 4, "1", "reference", 6),
  ]);
  put("product.category", [
    { name: "All" },
    { name: "Raw materials", parent_id: 1 },
    { name: "Components", parent_id: 1 },
    { name: "Consumables", parent_id: 1 },
    { name: "Finished goods", parent_id: 1 },
  ]);
}

function seedWarehouse(put: Put): void {
  const place = (name: string, usage: string, parent: number | null = null) => ({
    name,
    usage,
    location_id: parent,
    company_id: 1,
    scrap_location: false,
  });
  put("stock.location", [
    place("Physical Locations", "view"),
    place("Partners", "view"),
    place("Virtual Locations", "view"),
    place("Vendors", "supplier", 2),
    place("Customers", "customer", 2),
    place("Inventory adjustment", "inventory", 3),
    place("WH", "view"),
    place("Stock", "internal", 7),
    place("Shelf A", "internal", 8),
    place("Shelf B", "internal", 8),
    place("Production", "production", 3),
  ]);
  put("stock.warehouse", [{ name: "Rotterdam yard", code: "WH", company_id: 1, lot_stock_id: 8 }]);
  const type = (name: string, code: string, sequence: string, from: number, to: number) => ({
    name,
    code,
    sequence_code: sequence,
    warehouse_id: 1,
    default_location_src_id: from,
    default_location_dest_id: to,
    company_id: 1,
    sequence: 1,
  });
  put("stock.picking.type", [
    type("Receipts", "incoming", "IN", 4, 8),
    type("Delivery Orders", "outgoing", "OUT", 8, 5),
    type("Internal Transfers", "internal", "INT", 8, 8),
    type("Manufacturing", "mrp_operation", "MO", 8, 8),
  ]);
}

function seedAccounts(put: Put): void {
  put("account.account.type", [
    { name: "Receivable", type: "receivable" },
    { name: "Payable", type: "payable" },
    { name: "Bank and Cash", type: "liquidity" },
    { name: "Current Assets", type: "other" },
    { name: "Income", type: "other" },
    { name: "Expenses", type: "other" },
    { name: "Current Liabilities", type: "other" },
  ]);
  const account = (code: string, name: string, type: number, modern: string, reconcile = false) => ({
    code,
    name,
    user_type_id: type,
    account_type: modern,
    reconcile,
    company_id: 1,
    company_ids: [1],
    deprecated: false,
  });
  put("account.account", [
    account("101401", "Bank", 3, "asset_cash"),
    account("110100", "Stock Valuation", 4, "asset_current"),
    account("121000", "Account Receivable", 1, "asset_receivable", true),
    account("131000", "Tax Receivable", 4, "asset_current"),
    account("211000", "Account Payable", 2, "liability_payable", true),
    account("251000", "Tax Payable", 7, "liability_current"),
    account("400000", "Product Sales", 5, "income"),
    account("410000", "Service Sales", 5, "income"),
    account("600000", "Purchases", 6, "expense"),
    account("611000", "Freight", 6, "expense"),
    account("620000", "Subcontracting", 6, "expense"),
    account("101501", "Cash", 3, "asset_cash"),
  ]);
}

function seedJournals(put: Put): void {
  const journal = (name: string, code: string, type: string, fallback: number) => ({
    name,
    code,
    type,
    default_account_id: fallback,
    company_id: 1,
    sequence: 5,
  });
  put("account.journal", [
    journal("Customer Invoices", "INV", "sale", 7),
    journal("Vendor Bills", "BILL", "purchase", 9),
    journal("Miscellaneous Operations", "MISC", "general", 9),
    journal("Bank", "BNK1", "bank", 1),
  ]);
  const tax = (name: string, use: string, amount: string) => ({
    name,
    type_tax_use: use,
    amount_type: "percent",
    amount,
    sequence: 1,
    company_id: 1,
  });
  put("account.tax", [tax("21%", "sale", "21"), tax("21%", "purchase", "21"), tax("0%", "purchase", "0")]);
  put("account.payment.term", [{ name: "Immediate Payment" }, { name: "30 Days" }]);
}

function seedModels(env: Env, put: Put): void {
  let modelId = 0;
  for (const model of env.world.schema.models.values()) {
    modelId++;
    put("ir.model", [{ name: model.label, model: model.name, transient: false, state: "base" }]);
    put(
      "ir.model.fields",
      env.world.schema.allFields(model).map((field) => ({
        name: field.name,
        model: model.name,
        model_id: modelId,
        field_description: field.label,
        ttype: field.type,
        relation: field.relation ?? null,
        required: field.required,
        readonly: field.readonly,
      })),
    );
  }
}
