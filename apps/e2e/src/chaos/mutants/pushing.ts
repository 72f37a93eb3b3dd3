import type { Mutant } from "./mutant";

const RULES = "apps/sync-engine/src/push/push-rules.ts";
const SETTLE = "apps/sync-engine/src/push/settle-rules.ts";
const BATCHES = "apps/sync-engine/migrations/0007-push-batches.sql";

/** Mutants of what is promised about writing into ERPs. */
export const PUSHING: readonly Mutant[] = [
  {
    name: "no-shadow-stamp",
    breaks: "What an ERP took is not remembered as shown: its next reading looks like a change.",
    laws: ["final-value", "no-way-back", "re-read"],
    patches: [
      {
        file: SETTLE,
        find: `      ...found,
      shadow: shown.record,
      shadow_hash: shown.hash,
      shadow_mapping: shown.mapping ?? base.shadow_mapping,`,
        replace: `      ...found,
      shadow_mapping: shown.mapping ?? base.shadow_mapping,`,
      },
      {
        file: SETTLE,
        find: "return { ...found, shadow: JSON.parse(doc) as JsonObject, shadow_hash: hash };",
        replace: "return doc === hash ? base : found;",
      },
    ],
    schedule: { strikes: ["status-503"], strikeEveryMs: 300, writeEveryMs: 100, hotKeys: 2 },
  },
  {
    name: "no-settle",
    breaks: "After a time-out the document is looked for at once, once, and sent again.",
    laws: ["one-document"],
    patches: [
      {
        file: RULES,
        find: "return UPDATE_SETTLE_MS;\n  return can.settleMs ?? DEFAULT_SETTLE_MS;",
        replace: "return UPDATE_SETTLE_MS;\n  return can.settleMs === -1 ? DEFAULT_SETTLE_MS : 0;",
      },
      { file: RULES, find: "const LOOK_UPS = 2;", replace: "const LOOK_UPS = 1;" },
    ],
    schedule: { strikes: ["late-effect"], strikeEveryMs: 500, creations: 0.7 },
  },
  {
    name: "sent-taken-for-unsent",
    breaks: "What a dead worker had sent is sent again without a question.",
    laws: ["one-document"],
    patches: [
      {
        file: RULES,
        find: 'if (push.status === "sent") return { do: "lost" };',
        replace: 'if (push.status === "sent") return { do: "sendAgain" };',
      },
    ],
    schedule: { strikes: ["kill-between-send-and-confirm"], strikeEveryMs: 1_000, writeEveryMs: 150, creations: 0.8 },
  },
  {
    name: "resend-of-N",
    breaks: "A machine repeats what nobody can look up.",
    laws: ["one-document", "unlisted"],
    patches: [
      {
        file: RULES,
        find: 'return can.class === "N" && push.operation !== "update";',
        replace: 'return can.class === undefined && push.operation !== "update";',
      },
    ],
    schedule: { strikes: ["effect-after-timeout", "lost-commit-answer"], strikeEveryMs: 1_000, creations: 0.8 },
  },
  {
    name: "coalesce-without-again",
    breaks: "What is asked for while it is being done counts as done.",
    laws: ["stuck", "sides-agree", "final-value"],
    patches: [
      {
        file: "apps/sync-engine/migrations/0002-page-merge.sql",
        find: "set due_at = least(w.due_at, excluded.due_at), again = w.lease_until is not null)",
        replace: "set due_at = least(w.due_at, excluded.due_at), again = false)",
      },
      {
        file: BATCHES,
        find: "and w.epoch = i.epoch and not w.again\n        and not exists (",
        replace: "and w.epoch = i.epoch and (true or not exists (",
      },
      {
        file: BATCHES,
        find: "and p.integration = p_integration and p.status in ('pending', 'parked', 'sent', 'accepted', 'unknown'));\n    if not found",
        replace:
          "and p.integration = p_integration and p.status in ('pending', 'parked', 'sent', 'accepted', 'unknown')));\n    if not found",
      },
    ],
    schedule: { strikes: ["slow-line"], strikeEveryMs: 200, writeEveryMs: 60, creations: 0.3, freshKeys: 3 },
  },
];
