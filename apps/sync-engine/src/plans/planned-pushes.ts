import { ENTITIES, type EntityName } from "@dovetail/domain";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import type { PushState } from "../push/push-rules";
import { PushRepository } from "../push/push.repository";
import { RecordRepository } from "../records/record.repository";
import type { NewItem } from "./plan";
import { PlanRepository } from "./plan.repository";
import { neededPush } from "./needed-push";
import { PushPlanRepository, type Candidate } from "./push-plan.repository";

/** Reads what may have to be pushed, and stores what was planned of it. */
@Injectable()
export class PlannedPushes {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly planned: PushPlanRepository,
    private readonly pushes: PushRepository,
    private readonly records: RecordRepository,
  ) {}

  /** Where making goes on after a crash. */
  async lastKey(tenantId: string, jobId: string): Promise<string> {
    return this.db.readOnly(tenantId, (tx) => this.planned.lastKey(tx, jobId));
  }

  /** Records in key order with the push to work on: the open one, or one as it would be planned. */
  async candidates(
    account: Account,
    entity: EntityName,
    after: string,
    limit: number,
  ): Promise<{ candidate: Candidate; state: PushState }[]> {
    return this.db.readOnly(account.tenantId, async (tx) => {
      const found = await this.planned.candidates(tx, account.num, entity, after, limit);
      const states = [];
      for (const candidate of found) {
        const state = await this.state(tx, account, entity, candidate.key);
        if (state) states.push({ candidate, state });
      }
      return states;
    });
  }

  /** False when the job is not to go on. */
  async store(tx: Tx, jobId: string, items: readonly NewItem[]): Promise<boolean> {
    const plan = await this.plans.lock(tx, jobId);
    const job = await this.plans.job(tx, jobId);
    if (!plan || job?.status !== "running") return false;
    const slice = { page: plan.page + 1, part: "push", io: 0, repeats: 0, last: false } as const;
    if (items.length > 0) await this.plans.addSlice(tx, jobId, slice, plan.mark, items);
    return true;
  }

  private async state(tx: Tx, account: Account, entity: EntityName, key: string): Promise<PushState | undefined> {
    const { code } = ENTITIES[entity];
    const record = await this.records.read(tx, entity, key);
    if (!record) return undefined;
    const [open] = await this.pushes.open(tx, account.num, code, key);
    const push = open ?? neededPush(account.num, code, key, record.version);
    return { push, record, link: await this.records.link(tx, entity, record, key, account.num) };
  }
}
