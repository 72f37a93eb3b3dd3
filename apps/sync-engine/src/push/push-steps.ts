import type { EntityName } from "@dovetail/domain";
import { AdapterError, RETRY_TABLE, type PushResult } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database, type Claim, type Tx, type WorkResult } from "@dovetail/database";
import { backoff } from "@dovetail/resilience";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import type { PushPlan } from "./push-plan";
import { PushResolver } from "./push-resolver";
import { onlyId, problemOf, PushSettler } from "./push-settle";
import type { PushTurn } from "./push-turn";
import { PushSender } from "./push-sender";
import { PushRepository } from "./push.repository";

/** How long a push waits at an account that cannot be used now. */
export const PAUSED_MS = 30_000;
const PARKED_MS = 2_000;

/** Carries out what was planned; each step's effect is stored under the record's lock and the claim's epoch. */
@Injectable()
export class PushSteps {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly settler: PushSettler,
    private readonly resolver: PushResolver,
    private readonly sender: PushSender,
  ) {}

  async carryOut(turn: PushTurn, plan: PushPlan): Promise<WorkResult> {
    switch (plan.do) {
      case "nothing":
        return { done: true };
      case "resolve":
        return this.resolver.resolve(turn, plan.state);
      case "confirm":
        return this.write(turn, async (tx) => {
          await this.pushes.change(tx, plan.state.push.id, {
            status: "confirmed",
            ...(plan.state.link?.external_id == null ? {} : { externalId: plan.state.link.external_id }),
          });
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

  /** Sign-in failed before anything was sent. */
  async cannotOpen(
    claim: Claim,
    account: Account,
    entity: EntityName,
    key: string,
    error: unknown,
  ): Promise<WorkResult> {
    if (!(error instanceof AdapterError) && !(error instanceof ProblemError)) throw error;
    return this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      const [push] = await this.pushes.open(tx, account.num, Number(claim.id.split(":")[1]), key);
      if (!push || push.status === "sent" || push.status === "unknown" || push.status === "accepted")
        return { againInMs: PAUSED_MS };
      const failed = error instanceof AdapterError ? error : undefined;
      const problem = error instanceof AdapterError ? problemOf(error) : error;
      await this.settler.list(tx, account, entity, push, problem.code, problem);
      return { againInMs: failed?.category === "AUTH" ? PAUSED_MS : 5_000 };
    });
  }

  private async send(turn: PushTurn, plan: PushPlan & { do: "send" }): Promise<WorkResult> {
    const mark = await this.sender.mark(turn, plan);
    if (!mark) return { againInMs: 0 };
    const { account, entity } = turn;
    let result: PushResult;
    try {
      result = await this.sender.send(turn, plan, mark);
    } catch (error) {
      return this.failed(turn, plan, error);
    }
    if (result.done === "accepted") {
      const { handle } = result;
      return this.write(turn, async (tx) => {
        await this.pushes.change(tx, plan.state.push.id, { status: "accepted", handle });
        return { againInMs: 1_000 };
      });
    }
    const shown = await this.settler.read(account, entity, result.externalId, result.version, result.shown);
    return this.write(turn, async (tx) => {
      await this.settler.confirm(tx, account, entity, plan.state.push, shown, {
        operation: plan.operation,
        fields: plan.fields,
        doc: plan.state.record.doc,
        current: !mark.inherited,
      });
      return { againInMs: 0 };
    });
  }

  private async failed(turn: PushTurn, plan: PushPlan & { do: "send" }, error: unknown): Promise<WorkResult> {
    const { push } = plan.state;
    // an error that no adapter declared: what became of the request is not known
    const known =
      error instanceof AdapterError
        ? error
        : new AdapterError("the adapter failed", {
            category: "SERVER",
            code: "UNAVAILABLE",
            sent: "maybe",
            cause: error,
          });
    if (known.sent === "maybe") return this.resolver.unknown(turn, push, known);
    if (known.category === "NOT_FOUND" && plan.operation === "delete") return this.gone(turn, plan);
    const calls = push.attempts + 1;
    const again = calls < RETRY_TABLE[known.category].calls;
    if (known.category === "AUTH") this.resolver.signInAgain(turn.account);
    if (known.category === "CONFLICT" && again) await this.resolver.reread(turn, plan.state);
    return this.write(turn, async (tx) => {
      if (!again) {
        await this.settler.reject(tx, turn.account, turn.entity, { ...push, attempts: calls }, problemOf(known), known);
        return { done: true };
      }
      await this.pushes.change(tx, push.id, {
        status: "pending",
        problem: problemOf(known).problem,
        category: known.category,
      });
      await this.settler.release(tx, turn.account, turn.entity, push.key);
      return {
        againInMs:
          known.retryAfterMs ?? backoff(calls, { baseMs: 1_000, maxMs: 60_000, jitter: 0.3, random: Math.random }),
      };
    });
  }

  /** What was to be deleted is not there any more. */
  private async gone(turn: PushTurn, plan: PushPlan & { do: "send" }): Promise<WorkResult> {
    const { push, record, link } = plan.state;
    return this.write(turn, async (tx) => {
      const sent = { operation: plan.operation, fields: [], doc: record.doc, current: true };
      await this.settler.confirm(tx, turn.account, turn.entity, push, onlyId(link?.external_id ?? ""), sent);
      return { againInMs: 0 };
    });
  }

  private async write(turn: PushTurn, work: (tx: Tx) => Promise<WorkResult>): Promise<WorkResult> {
    return this.db.transaction(turn.account.tenantId, async (tx) => {
      await assertHeld(tx, turn.claim);
      return work(tx);
    });
  }
}
