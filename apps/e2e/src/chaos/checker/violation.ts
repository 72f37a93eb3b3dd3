import type { Json } from "@dovetail/domain";

export const LAWS = [
  "answered",
  "final-value",
  "sides-agree",
  "no-way-back",
  "passed-over",
  "one-document",
  "unasked",
  "unearned",
  "unlisted",
  "applied",
  "quiet",
  "stuck",
  "balance",
  "totals",
  "consumer",
  "re-read",
] as const;
export type Law = (typeof LAWS)[number];

/** A law that did not hold: of what, in one sentence, and what shows it. */
export interface Violation {
  law: Law;
  what: string;
  evidence: Json;
}
