import { adapterFor } from "@dovetail/adapter-registry";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import type { Account } from "../accounts/account";
import type { JobRow } from "../jobs/job";
import type { JobTurn } from "../jobs/job-ends";
import { CancelledError } from "../jobs/turn-end";
import type { FollowingPush, NewItem } from "./plan";
import { PlanRepository } from "./plan.repository";
import { holdText, referencesTo, rollbackItem, type JobChange } from "./rollback";
import { RollbackRepository } from "./rollback.repository";

const SLICE = 200;

/** Plans what takes a job back, from the history of the records that it changed. */
@Injectable()
export class RollbackPreview {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly rollbacks: RollbackRepository,
    private readonly accounts: AccountService,
  ) {}

  async make(turn: JobTurn, signal: AbortSignal): Promise<void> {
    const accounts = await this.accounts.all(turn.account.tenantId);
    const targets = await this.accounts.targets(turn.account.tenantId, turn.entity, turn.account.num);
    const following = (operation: FollowingPush["operation"]) =>
      accounts.filter(({ num }) => targets.includes(num)).map((account) => pushTo(account, turn, operation));
    for (;;) {
      signal.throwIfAborted();
      const more = await this.db.transaction(turn.account.tenantId, (tx) => this.slice(tx, turn, following));
      if (!more) return;
    }
  }

  /** What living records refer to stays. */
  async holdReferenced(tx: Tx, job: JobRow, entity: JobTurn["entity"]): Promise<void> {
    const keys = await this.rollbacks.referenced(tx, job.id, job.entity, referencesTo(entity));
    if (keys.length === 0) return;
    const { problem } = new ProblemError("CONFLICT", `it stays as it is: ${holdText("REFERENCED")}`);
    await this.rollbacks.hold(tx, job.id, keys, "REFERENCED", problem);
  }

  private async slice(
    tx: Tx,
    { account, entity, job, claim }: JobTurn,
    following: (operation: string) => FollowingPush[],
  ): Promise<boolean> {
    await assertHeld(tx, claim);
    const plan = await this.plans.lock(tx, job.id);
    const state = await this.plans.job(tx, job.id);
    if (!plan || state?.status !== "running") throw new CancelledError();
    const after = (plan.mark as [number, number] | null) ?? [0, -1];
    const changes = await this.rollbacks.changes(tx, job.approval?.reverts ?? "", after, SLICE);
    const last = changes.at(-1);
    if (!last) return false;
    const known = await this.rollbacks.planned(
      tx,
      job.id,
      changes.map(({ key }) => key),
    );
    const items = firstOfEach(changes, known).map((change): NewItem =>
      rollbackItem(entity, account.num, change, following),
    );
    const slice = { page: plan.page + 1, part: "rollback", io: 0, repeats: 0, last: false } as const;
    await this.plans.addSlice(tx, job.id, slice, [last.page, last.n], items);
    return changes.length === SLICE;
  }
}

function firstOfEach(changes: readonly JobChange[], known: ReadonlySet<string>): JobChange[] {
  const seen = new Set(known);
  return changes.filter(({ key }) => !seen.has(key) && seen.add(key));
}

function pushTo(account: Account, { entity }: JobTurn, operation: string): FollowingPush {
  const operations: readonly string[] =
    adapterFor(account.document.adapter.system).entities[entity]?.push?.operations ?? [];
  return { integration: account.num, operation, offered: operations.includes(operation) };
}
