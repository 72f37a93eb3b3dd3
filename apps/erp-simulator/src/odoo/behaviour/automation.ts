import type { Behaviour } from "../env";

/** Automation rules. */
export const AUTOMATION: Behaviour = { prepare: (_env, values) => ({ active: true, ...values }) };

/** What a rule does. */
export const SERVER_ACTION: Behaviour = {
  prepare: (_env, values) => ({ sequence: 5, usage: "ir_actions_server", ...values }),
};
