import type { EntityName } from "@dovetail/domain";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import type { MergeOutcome } from "../pull/merge.service";
import type { PageCall } from "../pull/page-call";
import { PageRepository, type WithinPage } from "../pull/page.repository";
import { ParkedService } from "../pull/parked.service";
import { PlanPageRepository } from "./plan-page.repository";

/** A page merged whole: what the page merge did, and what became of the rows that it left over, by key. */
export interface MergedWhole extends WithinPage {
  leftOvers: ReadonlyMap<string, MergeOutcome>;
}

/** Merges a page in one transaction as a run does in several: the page merge, then field by field what it left over. */
@Injectable()
export class PageMerging {
  constructor(
    private readonly plans: PlanPageRepository,
    private readonly pages: PageRepository,
    private readonly parked: ParkedService,
  ) {}

  /** As PageRepository.applyWithin. */
  async merge(
    tx: Tx,
    account: Account,
    entity: EntityName,
    call: PageCall,
    same: readonly string[] | null,
  ): Promise<MergedWhole> {
    const merged = await this.pages.applyWithin(tx, call, same);
    const leftOvers = new Map<string, MergeOutcome>();
    if (merged.leftOver > 0)
      for (const letter of await this.plans.leftOvers(tx, call.jobId)) {
        const outcome = await this.parked.mergeWithin(tx, account, entity, letter);
        if (outcome) leftOvers.set(letter.key ?? "", outcome);
      }
    return { ...merged, leftOvers };
  }
}
