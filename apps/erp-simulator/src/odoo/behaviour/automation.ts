import type { Behaviour } from "../env";

/** Automation rules. */
export const AUTOMATION: Behaviour = { prepare: (_env, values) => ({ active: true, ...values }) };

/** What a rule does. */
export const SERVER_ACTION: Behaviour = {
  prepare: (_env, values) => ({ sequence: 5, usage: "ir_actions_server", ...values }),
};

/** Messages of a record's log. */
export const MESSAGE: Behaviour = {
  prepare: (env, values) => ({
    message_type: "comment",
    date: env.tx.stamp.slice(0, 19),
    author_id: env.id("res.users", env.uid, "partner_id") ?? false,
    ...values,
  }),
};
