import { decimal, plain } from "../decimals";
import type { Behaviour, Method } from "../env";
import { userError, validationError } from "../errors";
import type { JsonObject } from "../values";
import { create, write } from "../writer";
import { accountByCode, postMoves } from "./account";

const postPayment: Method = (env, ids) => {
  for (const id of ids) {
    if (env.get("account.payment", id, "state") !== "draft") throw userError("Only a draft payment can be posted.");
    const amount = String(env.get("account.payment", id, "amount"));
    const outbound = env.get("account.payment", id, "payment_type") === "outbound";
    const partner = env.id("account.payment", id, "partner_id") ?? false;
    const counterpart = accountByCode(env, outbound ? "211000" : "121000");
    const line = (account: number | null, value: string): JsonObject => ({
      account_id: account,
      balance: value,
      partner_id: partner,
    });
    const signed = plain(decimal(amount).times(outbound ? 1 : -1));
    const move = create(env, "account.move", {
      move_type: "entry",
      journal_id: env.id("account.payment", id, "journal_id"),
      date: env.text("account.payment", id, "date"),
      partner_id: partner,
      line_ids: [
        [0, 0, line(counterpart, signed)],
        [0, 0, line(accountByCode(env, "101401"), plain(decimal(signed).times(-1)))],
      ],
    });
    postMoves(env, [move], {});
    write(env, "account.payment", [id], {
      state: env.version === 19 ? "in_process" : "posted",
      move_id: move,
      name: `P${env.text("account.move", move, "name")}`,
    });
  }
  return env.version === 14 ? true : null;
};

/** Payments. */
export const PAYMENT: Behaviour = {
  prepare: (env, values) => {
    const amount = values["amount"];
    if (typeof amount === "number" && amount < 0) throw validationError("The payment amount cannot be negative.");
    return {
      state: "draft",
      date: env.tx.stamp.slice(0, 10),
      payment_type: "outbound",
      partner_type: "supplier",
      amount: 0,
      currency_id: 1,
      journal_id: 4,
      ...values,
    };
  },
  displayName: (_env, row) => (typeof row["name"] === "string" ? row["name"] : "Draft Payment"),
  computed: { company_id: () => 1 },
  methods: { action_post: postPayment },
};
