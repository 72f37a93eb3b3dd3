import type { EntityName } from "@dovetail/domain";
import { AdapterError } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database, type Claim, type Tx, type WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountWaitsError } from "../calls/account-waits.error";
import { SessionService } from "../accounts/session.service";
import { SingleReader } from "../pull/single-reader";
import type { PushPlan } from "./push-plan";
import { PushResolver } from "./push-resolver";
import { afterFailure, waitMs, type PushState } from "./push-rules";
import { problemOf, PushSettler } from "./push-settle";
import type { PushRow } from "./push";
import type { PushTurn } from "./push-turn";
import { PushRepository } from "./push.repository";
import { onlyId } from "./settle-rules";

/** How long a push waits at an account that cannot be used now. */
export const PAUSED_MS = 30_000;

/** Which session failed, and how a row is read afresh after the ERP refused a stale version. */
@Injectable()
export class PushSessions {
  constructor(
    readonly sessions: SessionService,
    readonly reader: SingleReader,
  ) {}
}

/** What follows when a request failed: another attempt, a question to the ERP, or a letter to a person. */
@Injectable()
export class PushFailures {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly settler: PushSettler,
    private readonly resolver: PushResolver,
    private readonly erp: PushSessions,
  ) {}

  /** Sign-in failed before anything was sent. */
  async cannotOpen(
    claim: Claim,
    account: Account,
    entity: EntityName,
    key: string,
    error: unknown,
  ): Promise<WorkResult> {
    // waiting is no failure, and counts as no attempt
    if (error instanceof AccountWaitsError) throw error;
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

  /** The request failed: repeated where it surely had no effect, else asked about. */
  async failed(turn: PushTurn, plan: PushPlan & { do: "send" }, error: unknown): Promise<WorkResult> {
    const { push } = plan.state;
    if (error instanceof AccountWaitsError) return this.notCalled(turn, push, error);
    const known = error instanceof AdapterError ? error : undeclared(error);
    this.erp.sessions.failed(turn.account, turn.session, known);
    const next = afterFailure(push, plan.operation, known);
    switch (next.do) {
      case "unknown":
        return this.resolver.unknown(turn, { ...push, operation: plan.operation }, known);
      case "gone":
        return this.gone(turn, plan);
      case "reject":
        return this.write(turn, async (tx) => {
          const tried = { ...push, attempts: next.attempts };
          await this.settler.reject(tx, turn.account, turn.entity, tried, problemOf(known), known);
          return { done: true };
        });
      case "again":
        if (next.reread) await this.reread(turn, plan.state);
        return this.again(turn, push, known, next.attempts);
    }
  }

  /** It was marked, and the account began to wait before it could leave: that is no attempt. */
  private async notCalled(turn: PushTurn, push: PushRow, { againInMs }: AccountWaitsError): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      await this.pushes.change(tx, push.id, { status: "pending" });
      await this.pushes.uncount(tx, push.id);
      await this.settler.release(tx, turn.account, turn.entity, push.key);
      return { againInMs };
    });
  }

  private async again(turn: PushTurn, push: PushRow, error: AdapterError, attempts: number): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      const { problem } = problemOf(error);
      await this.pushes.change(tx, push.id, { status: "pending", problem, category: error.category });
      await this.settler.release(tx, turn.account, turn.entity, push.key);
      return { againInMs: waitMs(attempts, error.retryAfterMs, Math.random) };
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

  /** Reads the record's row afresh and merges it, after the ERP refused a stale version. */
  private async reread(turn: PushTurn, state: PushState): Promise<void> {
    const externalId = state.link?.external_id;
    if (externalId == null) return;
    await this.write(turn, async (tx) => {
      await this.settler.release(tx, turn.account, turn.entity, turn.key);
      return { done: true };
    });
    await this.erp.reader.read(turn.account, turn.entity, externalId);
  }

  private async write(turn: PushTurn, work: (tx: Tx) => Promise<WorkResult>): Promise<WorkResult> {
    return this.db.transaction(turn.account.tenantId, async (tx) => {
      await assertHeld(tx, turn.claim);
      return work(tx);
    });
  }
}

/** An error that no adapter declared: what became of the request is not known. */
function undeclared(cause: unknown): AdapterError {
  return new AdapterError("the adapter failed", { category: "SERVER", code: "UNAVAILABLE", sent: "maybe", cause });
}
