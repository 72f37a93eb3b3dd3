import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { JobTurn } from "../jobs/job-ends";
import type { ItemRow, PlanSlice } from "./plan";
import { PullSlices } from "./pull-slices";
import { PushSlices } from "./push-slices";
import { RollbackSlices } from "./rollback-slices";
import type { LeftOut, SliceTurn } from "./slice-turn";

/** Who applies the slices of which part. */
@Injectable()
export class SliceParts {
  constructor(
    private readonly pulls: PullSlices,
    private readonly rollbacks: RollbackSlices,
    private readonly pushes: PushSlices,
  ) {}

  /** Before the slice's transaction: what only the ERP can tell. */
  async prepare(turn: JobTurn, slice: PlanSlice, items: readonly ItemRow[]): Promise<LeftOut> {
    return slice.part === "pull" || slice.part === "gone" ? this.pulls.confirm(turn, slice, items) : new Map();
  }

  /** Under the records' locks; answers what could not be applied after all. */
  async apply(tx: Tx, turn: SliceTurn, items: readonly ItemRow[]): Promise<LeftOut> {
    switch (turn.slice.part) {
      case "pull":
      case "gone":
        return this.pulls.apply(tx, turn, items);
      case "rollback":
        return this.rollbacks.apply(tx, turn, items);
      case "push":
        return this.pushes.apply(tx, turn, items);
    }
  }
}
