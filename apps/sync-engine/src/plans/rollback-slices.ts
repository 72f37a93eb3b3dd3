import { ENTITIES } from "@dovetail/domain";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Canonical } from "../records/record";
import { RecordRepository } from "../records/record.repository";
import type { ItemRow } from "./plan";
import { PlanPageRepository } from "./plan-page.repository";
import type { LeftOut, SliceTurn } from "./slice-turn";

const COUNTERS = { create: "created", update: "updated", delete: "deleted" } as const;

/**
 * Takes records back: a new version each, equal to the state before the job. The integration whose job it was gets no push
 * and keeps its shadow, which is what its ERP shows: a later read of the same row finds nothing new, so it does not redo what
 * was taken back. The other outbound integrations get a push each, where their system can do it.
 */
@Injectable()
export class RollbackSlices {
  constructor(
    private readonly records: RecordRepository,
    private readonly applying: PlanPageRepository,
  ) {}

  async apply(tx: Tx, turn: SliceTurn, items: readonly ItemRow[]): Promise<LeftOut> {
    const counts = { created: 0, updated: 0, deleted: 0 };
    for (const item of items) {
      if (item.operation !== "create" && item.operation !== "update" && item.operation !== "delete") continue;
      await this.takeBack(tx, turn, item);
      counts[COUNTERS[item.operation]]++;
    }
    const skipped = items.filter(({ operation }) => operation === "skip").length;
    const held = items.filter(({ operation }) => operation === "hold").length;
    await this.applying.count(tx, turn.job.id, { ...counts, unchanged: skipped, parked: held });
    return new Map();
  }

  /** The record is locked, and its version is the one that was planned on. */
  private async takeBack(tx: Tx, { account, entity, job }: SliceTurn, item: ItemRow): Promise<void> {
    const key = item.key ?? "";
    const record = await this.records.lock(tx, entity, key);
    if (!record) throw new Error(`${ENTITIES[entity].name} ${key} is locked and not there`);
    const present: Canonical = { key, doc: JSON.stringify(record.doc), hash: record.hash };
    const former: Canonical = { key, doc: item.doc ?? "", hash: item.hash ?? "" };
    const deleted = item.operation === "delete";
    const page = await this.records.writeChange(tx, {
      tenant: account.tenant,
      entity,
      version: record.version + 1,
      canonical: deleted ? present : former,
      deleted,
      integration: null,
      jobId: job.id,
      source: sourceOf(job.approval?.approvedBy),
    });
    const targets = (item.pushes ?? []).filter(({ offered }) => offered).map(({ integration }) => integration);
    await this.records.planPushes(tx, page, targets);
  }
}

/** The approver as events name their source. */
function sourceOf(approvedBy: string | null | undefined): string {
  const [kind, ...id] = (approvedBy ?? "service:sync-engine").split(":");
  return `/${kind}s/${id.join(":")}`;
}
