import { decimal, plain, roundTo } from "../decimals";
import type { Behaviour, Env, Method } from "../env";
import { userError } from "../errors";
import type { Cell, JsonObject, Row } from "../values";
import { create, write } from "../writer";
import { lineAmounts, sumOf } from "./amounts";

const MOVE = "account.move";
const LINE = "account.move.line";
const IS_INVOICE = /^(out|in)_(invoice|refund|receipt)$/;

/** +1 where the product lines are debits: vendor bills and customer credit notes. */
const sideOf = (type: string): 1 | -1 =>
  type === "in_invoice" || type === "out_refund" || type === "in_receipt" ? 1 : -1;

/** The account with a code. */
export function accountByCode(env: Env, code: string): number | null {
  const table = env.store.table("account.account");
  return table.ids.find((id) => table.rows.get(id)?.["code"] === code) ?? null;
}

function moveDefaults(env: Env, values: JsonObject): JsonObject {
  const type = String(values["move_type"] ?? "entry");
  const today = env.tx.stamp.slice(0, 10);
  const journal = type.startsWith("out_") ? 1 : type.startsWith("in_") ? 2 : 3;
  return {
    state: "draft",
    move_type: type,
    journal_id: journal,
    currency_id: 1,
    date: String(values["invoice_date"] || today),
    payment_state: "not_paid",
    amount_untaxed: 0,
    amount_tax: 0,
    amount_total: 0,
    amount_residual: 0,
    name: "/",
    ...(IS_INVOICE.test(type)
      ? {
          invoice_user_id: env.uid,
          invoice_date_due: String(values["invoice_date_due"] || values["invoice_date"] || today),
        }
      : {}),
    ...values,
  };
}

const isProductLine = (env: Env, row: Row): boolean =>
  env.version === 14
    ? row["exclude_from_invoice_tab"] !== true && row["display_type"] === undefined && row["tax_line_id"] === undefined
    : row["display_type"] === "product";

function productLines(env: Env, move: number): number[] {
  return env.store.childIds(LINE, "move_id", move).filter((id) => {
    const row = env.row(LINE, id);
    return row !== undefined && isProductLine(env, row);
  });
}

/** Keeps an invoice's tax and counterpart lines, and its totals, in step with its product lines. */
function balance(env: Env, move: number): void {
  const type = env.text(MOVE, move, "move_type");
  if (!IS_INVOICE.test(type) || env.get(MOVE, move, "state") !== "draft") return;
  const lines = productLines(env, move);
  const net = sumOf(env, LINE, lines, "price_subtotal");
  const gross = sumOf(env, LINE, lines, "price_total");
  const tax = roundTo(decimal(gross).minus(net), 2);
  const side = sideOf(type);
  const vendor = type.startsWith("in_");
  upsert(env, move, "tax", vendor ? "131000" : "251000", decimal(tax).times(side).toFixed(), "21%");
  upsert(env, move, "payment_term", vendor ? "211000" : "121000", decimal(gross).times(-side).toFixed(), "");
  env.assign(MOVE, move, {
    amount_untaxed: net,
    amount_tax: tax,
    amount_total: gross,
    amount_residual: gross,
    amount_total_signed: plain(decimal(gross).times(-side)),
  });
}

function upsert(env: Env, move: number, kind: string, account: string, amount: string, label: string): void {
  const marker = accountByCode(env, account);
  const existing = env.store.childIds(LINE, "move_id", move).find((id) => {
    const row = env.row(LINE, id);
    return row?.["account_id"] === marker && !(row && isProductLine(env, row));
  });
  if (existing === undefined && decimal(amount).eq(0)) return;
  const due = env.text(MOVE, move, "invoice_date_due") || env.text(MOVE, move, "date");
  const values: JsonObject = {
    name: label || false,
    balance: amount,
    partner_id: env.id(MOVE, move, "partner_id") ?? false,
    ...(kind === "payment_term" ? { date_maturity: due, amount_residual: amount } : {}),
    ...(env.version === 14 ? { exclude_from_invoice_tab: true } : { display_type: kind }),
  };
  if (existing === undefined)
    create(env.withContext({ sim_balanced: true }), LINE, { ...values, move_id: move, account_id: marker });
  else write(env.withContext({ sim_balanced: true }), LINE, [existing], values);
}

/** `action_post` of journal entries. */
export const postMoves: Method = (env, ids) => {
  for (const id of ids) {
    if (env.get(MOVE, id, "state") !== "draft") {
      throw userError(`The entry ${env.text(MOVE, id, "name")} (id ${id}) must be in draft.`);
    }
    const lines = env.store.childIds(LINE, "move_id", id);
    if (lines.length === 0) throw userError("You need to add a line before posting.");
    if (!decimal(sumOf(env, LINE, lines, "balance")).eq(0)) throw userError("Cannot create unbalanced journal entry.");
    const type = env.text(MOVE, id, "move_type");
    if (IS_INVOICE.test(type) && env.id(MOVE, id, "partner_id") === null) {
      throw userError("The field 'Customer' is required, please complete it to validate the Customer Invoice.");
    }
    const invoiceDate = env.text(MOVE, id, "invoice_date") || env.tx.stamp.slice(0, 10);
    write(env, MOVE, [id], {
      state: "posted",
      posted_before: true,
      name: numberOf(env, id, type),
      ...(IS_INVOICE.test(type) ? { invoice_date: invoiceDate } : {}),
    });
  }
  return env.version === 14 ? true : false;
};

function numberOf(env: Env, id: number, type: string): string {
  const name = env.text(MOVE, id, "name");
  if (name !== "" && name !== "/") return name;
  const journal = env.text("account.journal", env.id(MOVE, id, "journal_id") ?? 3, "code");
  const [year = "", month = ""] = env.text(MOVE, id, "date").split("-");
  const period = type.startsWith("out_") ? year : `${year}/${month}`;
  return `${journal}/${period}/${String(env.tx.nextNumber(`account.${journal}.${period}`)).padStart(5, "0")}`;
}

const setState =
  (state: string): Method =>
  (env, ids) => {
    write(env, MOVE, ids, { state });
    return true;
  };

/** Journal entries and invoices. */
export const ACCOUNT_MOVE: Behaviour = {
  prepare: (env, values) => {
    const { invoice_line_ids: invoiceLines, ...rest } = values;
    const defaults = moveDefaults(env, rest);
    return invoiceLines === undefined ? defaults : { ...defaults, invoice_line_ids: invoiceLines };
  },
  after: (env, ids) => ids.forEach((id) => balance(env, id)),
  beforeUnlink: (env, ids) => {
    if (ids.some((id) => env.get(MOVE, id, "state") === "posted")) {
      throw userError(
        env.version === 14
          ? "You cannot delete an entry which has been posted once."
          : "You can't delete a posted journal item. Don’t play games with your accounting records; reset the journal entry to draft before deleting it.",
      );
    }
  },
  displayName: (_env, row, id) => (row["name"] === "/" || !row["name"] ? `Draft Entry (* ${id})` : String(row["name"])),
  computed: {
    company_id: () => 1,
    commercial_partner_id: (_env, row) => row["partner_id"] ?? null,
    invoice_line_ids: (env, _row, id) => productLines(env, id),
  },
  methods: { action_post: postMoves, button_draft: setState("draft"), button_cancel: setState("cancel") },
};

const fromMove =
  (field: string) =>
  (env: Env, row: Row): Cell =>
    typeof row["move_id"] === "number" ? env.get(MOVE, row["move_id"], field) : null;

function lineDefaults(env: Env, values: JsonObject): JsonObject {
  const move = typeof values["move_id"] === "number" ? values["move_id"] : 0;
  const type = move ? env.text(MOVE, move, "move_type") : "entry";
  const entry = !IS_INVOICE.test(type) || env.context["sim_balanced"] === true;
  const product = typeof values["product_id"] === "number" ? values["product_id"] : 0;
  return {
    sequence: 10,
    quantity: entry ? 0 : 1,
    discount: 0,
    currency_id: 1,
    partner_id: (move ? env.id(MOVE, move, "partner_id") : null) ?? false,
    account_id: entry ? false : accountByCode(env, type.startsWith("in_") ? "600000" : "400000"),
    ...(env.version > 14 && !entry ? { display_type: "product" } : {}),
    ...(product
      ? {
          name: env.displayName("product.product", product),
          product_uom_id: env.id("product.product", product, "uom_id") ?? false,
        }
      : {}),
    ...values,
  };
}

function recomputeLine(env: Env, id: number): void {
  const row = env.row(LINE, id);
  const move = env.id(LINE, id, "move_id");
  if (!row || move === null) return;
  const type = env.text(MOVE, move, "move_type");
  let net = decimal(row["balance"]);
  if (IS_INVOICE.test(type) && isProductLine(env, row)) {
    const amounts = lineAmounts(env, {
      quantity: row["quantity"] ?? null,
      price: row["price_unit"] ?? null,
      discount: row["discount"] ?? null,
      taxes: row["tax_ids"] ?? null,
    });
    env.assign(LINE, id, { price_subtotal: amounts.net, price_total: amounts.gross });
    net = decimal(amounts.net).times(sideOf(type));
  } else if (net.eq(0)) net = decimal(row["debit"]).minus(decimal(row["credit"]));
  const amount = plain(net);
  env.assign(LINE, id, {
    balance: amount,
    amount_currency: amount,
    debit: net.gt(0) ? amount : "0",
    credit: net.lt(0) ? plain(net.abs()) : "0",
  });
}

/** Journal items. */
export const ACCOUNT_MOVE_LINE: Behaviour = {
  prepare: lineDefaults,
  after: (env, ids) => {
    for (const id of ids) recomputeLine(env, id);
    if (env.context["sim_balanced"] === true) return;
    for (const move of new Set(ids.map((id) => env.id(LINE, id, "move_id")))) if (move !== null) balance(env, move);
  },
  afterUnlink: (env, rows) => {
    for (const move of new Set(rows.map((row) => row["move_id"])))
      if (typeof move === "number" && env.row(MOVE, move)) balance(env, move);
  },
  computed: {
    move_name: fromMove("name"),
    date: fromMove("date"),
    ref: fromMove("ref"),
    parent_state: fromMove("state"),
    journal_id: fromMove("journal_id"),
    company_id: () => 1,
    company_currency_id: () => 1,
  },
};

/** Accounts are labelled with their code. */
export const ACCOUNT_ACCOUNT: Behaviour = {
  prepare: (env, values) => ({
    reconcile: false,
    ...(env.version === 19 ? { company_ids: [[6, 0, [1]]] } : { company_id: 1 }),
    ...values,
  }),
  displayName: (_env, row) => `${String(row["code"])} ${String(row["name"])}`,
  computed: {
    internal_type: (env, row) =>
      typeof row["user_type_id"] === "number" ? env.get("account.account.type", row["user_type_id"], "type") : null,
    internal_group: (_env, row) => groupOf(String(row["code"])),
  },
};

function groupOf(code: string): string {
  const groups: Record<string, string> = { "1": "asset", "2": "liability", "3": "equity", "4": "income" };
  return groups[code.charAt(0)] ?? "expense";
}
