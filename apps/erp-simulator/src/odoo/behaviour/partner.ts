import type { Behaviour } from "../env";
import { validationError } from "../errors";
import type { Cell } from "../values";

/** Contacts: their labels, and the name every contact needs. */
export const PARTNER: Behaviour = {
  displayName: (env, row, id) => {
    const name = typeof row["name"] === "string" ? row["name"] : "";
    const parent = row["parent_id"];
    const parentName =
      typeof parent === "number" && row["is_company"] !== true ? env.text("res.partner", parent, "name") : "";
    const own = name || (typeof row["type"] === "string" ? row["type"] : `res.partner,${id}`);
    return parentName ? `${parentName}, ${own}` : own;
  },
  prepare: (env, values) => {
    if (values["sim_defaults"] !== true && !values["name"] && (values["type"] ?? "contact") === "contact") {
      throw validationError(
        env.version === 14 ? "res_partner_check_name" : "The operation cannot be completed: Contacts require a name",
      );
    }
    const company = values["company_type"] === "company" || values["is_company"] === true;
    return {
      type: "contact",
      color: 0,
      lang: "en_US",
      partner_share: true,
      supplier_rank: 0,
      customer_rank: 0,
      ...values,
      is_company: company,
      email_normalized: String(values["email"] || "").toLowerCase() || false,
    };
  },
  computed: {
    complete_name: (env, _row, id) => env.displayName("res.partner", id),
    company_type: (_env, row) => (row["is_company"] === true ? "company" : "person"),
    currency_id: () => 1,
    commercial_partner_id: (_env, row, id): Cell =>
      row["is_company"] !== true && typeof row["parent_id"] === "number" ? row["parent_id"] : id,
    parent_name: (env, row) =>
      typeof row["parent_id"] === "number" ? env.text("res.partner", row["parent_id"], "name") : null,
    country_code: (env, row) =>
      typeof row["country_id"] === "number" ? env.text("res.country", row["country_id"], "code") : null,
    email_formatted: (_env, row) =>
      typeof row["email"] === "string" ? `"${String(row["name"])}" <${row["email"]}>` : null,
  },
};

/** Users show their contact's name. */
export const USER: Behaviour = {
  computed: {
    name: (env, row) =>
      typeof row["partner_id"] === "number" ? env.text("res.partner", row["partner_id"], "name") : null,
    email: (env, row) =>
      typeof row["partner_id"] === "number" ? env.text("res.partner", row["partner_id"], "email") || null : null,
  },
};

/** A company is created with its own contact. */
export const COMPANY: Behaviour = {
  prepare: (_env, values) => ({ currency_id: 1, sequence: 10, ...values }),
};

/** Currencies: one rate, the company's own. */
export const CURRENCY: Behaviour = { computed: { rate: () => "1" } };
