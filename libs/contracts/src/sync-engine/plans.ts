import { OneOf, Text } from "../fields";
import { PageQuery } from "../paging";
import { type ProblemDocument } from "../problem";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";

/**
 * What a job in `awaiting_approval` waits for: `sync` a dry run's plan, `rollback` a plan that takes a job back, `deletes`
 * a run that met too many rows that are gone.
 */
export const APPROVAL_KINDS = ["sync", "rollback", "deletes"] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/** making: the plan is being made. ready: a person may approve it. approved: it is being applied. applied: it was. */
export const APPROVAL_STATES = ["making", "ready", "approved", "applied"] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** How a job stands that acts only after a person's word. */
export interface JobApproval {
  kind: ApprovalKind;
  state: ApprovalState;
  /** Names exactly this plan: an approval that carries another one is refused. Null while it is being made. */
  digest: string | null;
  expiresAt: string | null;
  approvedBy: string | null;
  /** Items that became stale while the plan was being applied, and were left out. */
  notApplied: number;
  /** The job that a roll-back takes back. */
  reverts: string | null;
}

/** create … delete change a record or send a push; skip: nothing to do; reject, park: listed as dead letters; hold: stays as it is. */
export const PLAN_OPERATIONS = ["create", "update", "delete", "skip", "reject", "park", "hold"] as const;
export type PlanOperation = (typeof PLAN_OPERATIONS)[number];

export const PLAN_ITEM_STATES = ["planned", "applied", "stale"] as const;
export type PlanItemState = (typeof PLAN_ITEM_STATES)[number];

/** One field's value before and after; null: none. */
export interface PlanChange {
  field: string;
  old: Json;
  new: Json;
}

/** What a plan does with one record. */
export interface PlanItem {
  /** inbound: a change of the record. outbound: a push to `integration`. */
  direction: "inbound" | "outbound";
  integration: string;
  entityType: EntityName;
  key: string | null;
  externalId: string | null;
  operation: PlanOperation;
  state: PlanItemState;
  /** Why it is rejected, parked, held or stale. */
  reason: string | null;
  problem: ProblemDocument | null;
  changes: PlanChange[];
  /** What a push would send, in the ERP's words. */
  body: JsonObject | null;
  /** What has to hold still when it is applied; null where nothing has to. Version 0: there is no record. */
  assumes: { version: number; shadowHash: string | null } | null;
  /** Roll-backs: the pushes that follow; `offered` false: that system cannot do it, and the change stays there. */
  pushes: { integration: string; operation: string; offered: boolean }[];
}

export class ReadPlan extends PageQuery {
  @Text({ max: 200 })
  id!: string;

  @OneOf(PLAN_OPERATIONS, { optional: true })
  operation?: PlanOperation;

  @OneOf(PLAN_ITEM_STATES, { optional: true })
  state?: PlanItemState;
}

export class ApproveJob {
  @Text({ max: 200 })
  id!: string;

  @Text({ optional: true, max: 100, description: "approval.digest of the plan that was looked at" })
  digest?: string;
}
