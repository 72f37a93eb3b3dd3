import type { Json } from "@dovetail/domain";
import type { PlanItem } from "@dovetail/contracts";
import { redact, redactField } from "@dovetail/service-kit";
import type { JobRow } from "../jobs/job";
import { entityOf } from "../pull/source-row.service";
import type { ItemRow, PlanPart } from "./plan";

/** An item with the part of the plan that it is in. */
export interface StoredItem extends ItemRow {
  part: PlanPart;
}

/** An item as clients see it: values under names that tell of a secret are masked. */
export function viewOf(row: StoredItem, job: Pick<JobRow, "entity">, names: ReadonlyMap<number, string>): PlanItem {
  const nameOf = (num: number) => names.get(num) ?? String(num);
  return {
    direction: row.part === "push" ? "outbound" : "inbound",
    integration: nameOf(row.integration),
    entityType: entityOf(job.entity),
    key: row.key,
    externalId: row.external_id,
    operation: row.operation,
    state: row.state,
    reason: row.reason,
    problem: redact(row.problem) as PlanItem["problem"],
    // under the field's name, so that one whose name tells of a secret is masked
    changes: (row.changes ?? []).map(({ field, old, new: next }) => ({
      field,
      old: redactField(field, old) as Json,
      new: redactField(field, next) as Json,
    })),
    body: redact(row.body) as PlanItem["body"],
    assumes: row.record_version === null ? null : { version: row.record_version, shadowHash: row.shadow_hash },
    pushes: (row.pushes ?? []).map(({ integration, ...push }) => ({ integration: nameOf(integration), ...push })),
  };
}
