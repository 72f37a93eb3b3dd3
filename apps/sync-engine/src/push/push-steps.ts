import type { PushResult } from "@dovetail/adapter-sdk";
import { assertHeld, Database, type Tx, type WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { assertAdapter } from "../accounts/adapter-change";
import type { SentMark } from "./push-batch.repository";
import { PushFailures } from "./push-failures";
import { PushFinder } from "./push-finder";
import type { PushPlan } from "./push-plan";
import { PushResolver } from "./push-resolver";
import { PushSender } from "./push-sender";
import { PushSettler } from "./push-settle";
import type { PushTurn } from "./push-turn";
import { PushRepository } from "./push.repository";

const PARKED_MS = 2_000;

/** What becomes of a request that did not simply succeed. */
@Injectable()
export class PushOutcomes {
  constructor(
    readonly resolver: PushResolver,
    readonly failures: PushFailures,
    readonly finder: PushFinder,
  ) {}
}

/** Carries out what was planned; each step's effect is stored under the record's lock and the claim's epoch. */
@Injectable()
export class PushSteps {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly settler: PushSettler,
    private readonly sender: PushSender,
    readonly outcomes: PushOutcomes,
  ) {}

  async carryOut(turn: PushTurn, plan: PushPlan): Promise<WorkResult> {
    switch (plan.do) {
      case "nothing":
        return { done: true };
      case "resolve":
        return this.outcomes.resolver.resolve(turn, plan.state);
      case "find":
        return this.outcomes.finder.find(turn, plan.state);
      case "confirm":
        return this.write(turn, async (tx) => {
          const settled = await this.pushes.change(tx, plan.state.push.id, {
            status: "confirmed",
            ...(plan.state.link?.external_id == null ? {} : { externalId: plan.state.link.external_id }),
          });
          if (settled) await this.settler.unlist(tx, turn.account, turn.entity, turn.key);
          return { againInMs: 0 };
        });
      case "reject":
        return this.write(turn, async (tx) => {
          await this.settler.reject(tx, turn.account, turn.entity, plan.state.push, plan.problem);
          return { done: true };
        });
      case "park":
        return this.write(turn, async (tx) => {
          await this.pushes.change(tx, plan.state.push.id, { status: "parked", waiting: plan.waiting });
          return { againInMs: PARKED_MS };
        });
      case "send":
        return this.send(turn, plan);
    }
  }

  private async send(turn: PushTurn, plan: PushPlan & { do: "send" }): Promise<WorkResult> {
    const sent = await this.sender.send(turn, plan);
    if (sent === "moved") return { againInMs: 0 };
    if ("error" in sent) return this.outcomes.failures.failed(turn, plan, sent.error);
    return this.answered(turn, plan, sent.mark, sent.result);
  }

  private async answered(
    turn: PushTurn,
    plan: PushPlan & { do: "send" },
    mark: SentMark,
    result: PushResult,
  ): Promise<WorkResult> {
    const { account, entity } = turn;
    if (result.done === "accepted") {
      const { handle } = result;
      return this.write(turn, async (tx) => {
        await this.pushes.change(tx, plan.state.push.id, { status: "accepted", handle });
        return { againInMs: 1_000 };
      });
    }
    const shown = await this.settler.read(account, entity, result.externalId, result.version, result.shown);
    const sent = {
      operation: plan.operation,
      fields: plan.fields,
      doc: plan.state.record.doc,
      current: !mark.inherited,
    };
    if (await this.sender.batches.settle(turn, plan, mark, shown, sent)) return { finished: true };
    return this.write(turn, async (tx) => {
      await this.settler.confirm(tx, account, entity, plan.state.push, shown, sent);
      return { againInMs: 0 };
    });
  }

  private async write(turn: PushTurn, work: (tx: Tx) => Promise<WorkResult>): Promise<WorkResult> {
    return this.db.transaction(turn.account.tenantId, async (tx) => {
      await assertHeld(tx, turn.claim);
      await assertAdapter(tx, turn.account.num, turn.session.adapter.system);
      return work(tx);
    });
  }
}
