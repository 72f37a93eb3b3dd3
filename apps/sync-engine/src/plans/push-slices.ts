import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { ItemRow } from "./plan";
import { PlanPageRepository } from "./plan-page.repository";
import { PushPlanRepository } from "./push-plan.repository";
import type { LeftOut, SliceTurn } from "./slice-turn";

/** Has sent what a plan found to be needed; pushes that were open already go out by themselves. */
@Injectable()
export class PushSlices {
  constructor(
    private readonly pushes: PushPlanRepository,
    private readonly applying: PlanPageRepository,
  ) {}

  async apply(tx: Tx, { account, entity, job }: SliceTurn, items: readonly ItemRow[]): Promise<LeftOut> {
    const n = (...operations: ItemRow["operation"][]) =>
      items.filter(({ operation }) => operations.includes(operation)).length;
    await this.pushes.plan(
      tx,
      account.num,
      entity,
      items.filter(({ record_version }) => record_version !== null),
    );
    await this.applying.count(tx, job.id, {
      created: n("create"),
      updated: n("update"),
      deleted: n("delete"),
      unchanged: n("skip"),
      rejected: n("reject"),
      parked: n("park"),
    });
    return new Map();
  }
}
