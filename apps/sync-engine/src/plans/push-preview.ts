import { ENTITIES } from "@dovetail/domain";
import type { EntityPort } from "@dovetail/adapter-sdk";
import { ProblemError, type PlanOperation } from "@dovetail/contracts";
import { assertHeld, Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { entitySettings } from "../accounts/account";
import { SessionService } from "../accounts/session.service";
import type { JobTurn } from "../jobs/job-ends";
import { CancelledError } from "../jobs/turn-end";
import { PushPlanner, type PushPlan } from "../push/push-plan";
import type { PushState } from "../push/push-rules";
import { changesOf, type NewItem, type PlanRow } from "./plan";
import type { Candidate } from "./push-plan.repository";
import { PlannedPushes } from "./planned-pushes";

const SLICE = 100;

/** Plans what an integration has to get: pushes that are open, and those that it needs although nothing changes now. */
@Injectable()
export class PushPreview {
  constructor(
    private readonly db: Database,
    private readonly pushes: PlannedPushes,
    private readonly planner: PushPlanner,
    private readonly sessions: SessionService,
  ) {}

  async make(turn: JobTurn, plan: PlanRow, signal: AbortSignal): Promise<void> {
    const { account, entity, job } = turn;
    if (entitySettings(account, entity)?.direction === "inbound") return;
    const port = (await this.sessions.open(account)).adapter.entities[entity] ?? {};
    let after = await this.pushes.lastKey(account.tenantId, job.id);
    for (;;) {
      signal.throwIfAborted();
      const found = await this.pushes.candidates(account, entity, after, SLICE);
      const items: NewItem[] = [];
      for (const { candidate, state } of found) items.push(...(await this.itemOf(turn, plan, port, candidate, state)));
      await this.store(turn, items);
      const last = found.at(-1);
      if (!last || found.length < SLICE) return;
      after = last.candidate.key;
    }
  }

  private async store({ account, job, claim }: JobTurn, items: readonly NewItem[]): Promise<void> {
    await this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      if (!(await this.pushes.store(tx, job.id, items))) throw new CancelledError();
    });
  }

  /** None when it turns out that nothing is to be sent and no push is open. */
  private async itemOf(
    { account, entity }: JobTurn,
    { baseline }: PlanRow,
    port: EntityPort<unknown>,
    candidate: Candidate,
    state: PushState,
  ): Promise<NewItem[]> {
    const { key, push_id: pushId } = candidate;
    const about = { integration: account.num, key, externalId: state.link?.external_id ?? null, pushId };
    if (candidate.status === "rejected") {
      const problem = new ProblemError("CONFLICT", `its push was rejected: it is listed, and not sent again by itself`);
      return [{ ...about, operation: "reject", reason: "REJECTED", problem: problem.problem }];
    }
    const decided = await this.planner.decide(account, entity, state, { port, baseline });
    if (decided.do !== "send") {
      const rest = waiting(decided);
      return rest ? [{ ...about, ...rest }] : pushId ? [{ ...about, operation: "skip" }] : [];
    }
    const { record, link } = state;
    const operation: PlanOperation = decided.operation === "post" ? "create" : decided.operation;
    const shown = link?.shadow ?? null;
    const changes =
      operation === "delete"
        ? changesOf(entity, shown, null)
        : changesOf(entity, operation === "update" ? shown : null, record.doc).filter(({ field }) =>
            decided.fields.includes(field),
          );
    // an open push goes out by itself, whatever becomes of the plan
    const assumed = pushId
      ? null
      : {
          version: record.version,
          link: { shadowHash: link?.shadow_hash ?? null, pushIo: Number(link?.push_io ?? 0) },
        };
    return [{ ...about, operation, changes, assumed, body: decided.body }];
  }
}

/** What keeps a push from being sent; undefined: nothing is to be sent. */
function waiting(plan: PushPlan): Pick<NewItem, "operation" | "reason" | "problem"> | undefined {
  const parked = (reason: string, detail: string) =>
    ({ operation: "park", reason, problem: new ProblemError("CONFLICT", detail).problem }) as const;
  switch (plan.do) {
    case "reject":
      return { operation: "reject", reason: plan.problem.code, problem: plan.problem.problem };
    case "resolve":
      return parked("IN_FLIGHT", "a request of it is under way, or its outcome is not known yet");
    case "find":
      return parked("NOT_LINKED", "by which id the ERP knows it now is looked up first");
    case "park": {
      const { waiting: parent } = plan;
      if (!parent) return parked("FIRST_LOAD", "the entity's first load has to be complete first");
      return parked("UNKNOWN_PARENT", `${ENTITIES[parent.entity].name} ${parent.key} has to be there first`);
    }
    default:
      return undefined;
  }
}
