import { APPROVAL_KINDS, APPROVAL_STATES, PLAN_ITEM_STATES, PLAN_OPERATIONS } from "@dovetail/contracts";
import { among, flag, free, list, object, orNull, text, the, time, whole } from "./schema";

const AT = "2026-11-20T12:00:00.000Z";
const way = among(["inbound", "outbound"]);
const entityType = the("EntityName");

/** Answers about plans and their approval. */
export const PLAN_SCHEMAS = {
  JobApproval: object(
    {
      kind: among(APPROVAL_KINDS),
      state: among(APPROVAL_STATES),
      digest: orNull(text({ description: "names exactly this plan: an approval that carries another one is refused" })),
      expiresAt: orNull(time),
      approvedBy: orNull(text()),
      notApplied: whole({ description: "items that became stale while the plan was applied, and were left out" }),
      reverts: orNull(text({ description: "the job that a roll-back takes back" })),
    },
    {
      kind: "sync",
      state: "ready",
      digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      expiresAt: AT,
      approvedBy: null,
      notApplied: 0,
      reverts: null,
    },
  ),
  PlanItem: object(
    {
      direction: way,
      integration: text(),
      entityType,
      key: orNull(text()),
      externalId: orNull(text()),
      operation: among(PLAN_OPERATIONS),
      state: among(PLAN_ITEM_STATES),
      reason: orNull(text()),
      problem: orNull(the("Problem")),
      changes: list(object({ field: text(), old: {}, new: {} })),
      body: orNull({ ...free, description: "what a push would send, in the ERP's words" }),
      assumes: orNull(object({ version: whole(), shadowHash: orNull(text()) })),
      pushes: list(object({ integration: text(), operation: text(), offered: flag })),
    },
    {
      direction: "inbound",
      integration: "odoo-demo",
      entityType: "PurchaseOrder",
      key: "PO-1",
      externalId: "41",
      operation: "update",
      state: "planned",
      reason: null,
      problem: null,
      changes: [{ field: "status", old: "10", new: "20" }],
      body: null,
      assumes: { version: 7, shadowHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
      pushes: [],
    },
  ),
} as const;
