import { ENTITIES } from "@dovetail/domain";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { entitySettings, followsNewest, ownedPrefix, sourceOf } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { DeadLetterRepository } from "../dead-letters/dead-letter.repository";
import type { JobTurn } from "../jobs/job-ends";
import { GoneRows } from "../pull/gone-rows";
import type { PreparedRow } from "../pull/page";
import type { PageCall } from "../pull/page-call";
import { PageMerging } from "./page-merging";
import type { ItemRow, PlanSlice } from "./plan";
import { PlanPageRepository } from "./plan-page.repository";
import type { LeftOut, SliceTurn } from "./slice-turn";

/** Applies what a plan read: deletions, and pages as a run merges them. */
@Injectable()
export class PullSlices {
  constructor(
    private readonly applying: PlanPageRepository,
    private readonly merging: PageMerging,
    private readonly gone: GoneRows,
    private readonly letters: DeadLetterRepository,
    private readonly accounts: AccountService,
  ) {}

  /** Deletions are confirmed by a read once more: the rows may have come again since the plan was made. */
  async confirm({ account, entity }: JobTurn, slice: PlanSlice, items: readonly ItemRow[]): Promise<LeftOut> {
    const deletions = items.filter(({ operation }) => operation === "delete");
    const out: LeftOut = new Map();
    if (deletions.length === 0) return out;
    const ids = deletions.map(({ external_id }) => external_id ?? "");
    const foreseen = await this.gone.foresee({ account, entity, ids, io: slice.io, jobId: null });
    const why = new Map(foreseen.map((each) => [each.id, each.why]));
    for (const { n, external_id } of deletions) {
      const found = why.get(external_id ?? "");
      if (found !== null) out.set(n, found ?? "the ERP shows it again, or it is deleted already");
    }
    return out;
  }

  async apply(tx: Tx, turn: SliceTurn, items: readonly ItemRow[]): Promise<LeftOut> {
    const targets = await this.accounts.targets(turn.account.tenantId, turn.entity, turn.account.num);
    const refused = await this.deletions(tx, turn, items, targets);
    if (turn.slice.part === "pull") await this.page(tx, turn, items, targets);
    else await this.list(tx, turn, items);
    return refused;
  }

  private async deletions(tx: Tx, turn: SliceTurn, items: readonly ItemRow[], targets: number[]): Promise<LeftOut> {
    const { account, entity, job, slice } = turn;
    const refused: LeftOut = new Map();
    const deleted: string[] = [];
    for (const { n, key, external_id, operation } of items) {
      if (operation !== "delete" || key === null || external_id === null) continue;
      const gone = { account, entity, ids: [external_id], io: slice.io, jobId: job.id };
      const outcome = await this.gone.apply(tx, gone, { id: external_id, key }, targets);
      if ("why" in outcome) refused.set(n, outcome.why);
      else if (!outcome.deleted) refused.set(n, "it is linked otherwise by now");
      else deleted.push(external_id);
    }
    await this.applying.settleGone(tx, account.num, entity, deleted);
    return refused;
  }

  /** The same call as in a run. The cursor moves with the last page, and only when nothing was left out. */
  private async page(tx: Tx, turn: SliceTurn, items: readonly ItemRow[], targets: number[]): Promise<void> {
    const { account, entity, job, plan, slice, cursor } = turn;
    const settings = entitySettings(account, entity);
    const rows = items.filter(({ doc }) => doc !== null).map(rowOf);
    const same = items.filter(({ doc, operation }) => doc === null && operation === "skip");
    const moves = slice.last && !plan.keeps_cursor;
    const call: PageCall = {
      tenantId: account.tenantId,
      tenant: account.tenant,
      integration: account.num,
      source: sourceOf(account),
      entity: ENTITIES[entity].code,
      jobId: job.id,
      epoch: cursor.epoch,
      page: cursor.page + 1,
      io: slice.io,
      mapping: plan.mapping_version ?? 0,
      prefix: settings ? ownedPrefix(settings) : null,
      cursor: moves ? plan.next_cursor : cursor.value,
      last: slice.last,
      baseline: !cursor.baseline,
      repeats: slice.repeats,
      targets,
      newest: followsNewest(account, entity),
      rows,
      letters: items.flatMap(({ letter }) => letter ?? []),
    };
    await this.merging.merge(
      tx,
      account,
      entity,
      call,
      same.map(({ external_id }) => external_id ?? ""),
    );
  }

  /** Rows that stay although the ERP does not show them. They were not read: as in a run, they do not count. */
  private async list(tx: Tx, { account, entity, slice }: SliceTurn, items: readonly ItemRow[]): Promise<void> {
    const letters = items.flatMap(({ letter }) => letter ?? []);
    for (const letter of letters) await this.letters.saveSource(tx, account.num, entity, letter, slice.io);
  }
}

function rowOf({ key, external_id, erp_version, modified_at, doc, hash }: ItemRow): PreparedRow {
  return {
    key: key ?? "",
    externalId: external_id ?? "",
    erpVersion: erp_version,
    ...(modified_at === null ? {} : { modifiedAt: modified_at }),
    doc: doc ?? "",
    hash: hash ?? "",
  };
}
