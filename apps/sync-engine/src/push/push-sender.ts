import { AdapterError, type PushResult } from "@dovetail/adapter-sdk";
import { Inject, Injectable } from "@nestjs/common";
import type { Clock } from "@dovetail/resilience";
import type { Account } from "../accounts/account";
import { AccountWaitsError } from "../calls/account-waits.error";
import { CrashPoints } from "../crash-points";
import { CLOCK, SETTINGS, type Settings } from "../tokens";
import { MarkedAhead } from "./marked-ahead";
import type { SentMark } from "./push-batch.repository";
import { PushBatches } from "./push-batches";
import { PushHand } from "./push-hand";
import type { PushPlan } from "./push-plan";
import { abilitiesOf, mayStillSend, mayWaitMarked } from "./push-rules";
import type { PushTurn } from "./push-turn";
import { Slots } from "./slots";

type Sending = PushPlan & { do: "send" };

/** What became of a request: it was not sent, because something had moved; or the ERP's answer; or what went wrong. */
export type Sent = "moved" | { mark: SentMark; result: PushResult } | { mark: SentMark; error: unknown };

/** Calls that this process has under way for pushes, over all accounts. */
function callsAtOnce({ concurrency }: Settings): number {
  return concurrency * 2;
}

/** Lets requests leave, each after its mark is committed. */
@Injectable()
export class PushSender {
  private readonly calls: Slots;
  private readonly ahead = new Map<string, MarkedAhead>();

  constructor(
    readonly batches: PushBatches,
    private readonly hand: PushHand,
    private readonly crash: CrashPoints,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.calls = new Slots(callsAtOnce(settings));
  }

  /**
   * What cannot simply be sent again holds a slot of the account from before its mark; all else is marked while it waits for
   * one. Throws AccountWaitsError when nothing was marked and nobody calls the account now.
   */
  async send(turn: PushTurn, plan: Sending): Promise<Sent> {
    if (mayWaitMarked(plan.operation, abilitiesOf(turn.port, turn.session.handle)))
      return this.markThenWait(turn, plan);
    return this.hold(turn, async () => {
      const mark = await this.mark(turn, plan);
      return mark ? await this.request(turn, plan, mark) : "moved";
    });
  }

  private async markThenWait(turn: PushTurn, plan: Sending): Promise<Sent> {
    const leave = once(await this.aheadOf(turn.account).take());
    let mark: SentMark | undefined;
    try {
      mark = await this.mark(turn, plan);
      if (!mark) return "moved";
      const marked = mark;
      return await this.hold(turn, () => {
        leave();
        return this.request(turn, plan, marked);
      });
    } catch (error) {
      if (mark && error instanceof AccountWaitsError) return { mark, error };
      throw error;
    } finally {
      leave();
    }
  }

  private async mark(turn: PushTurn, plan: Sending): Promise<SentMark | undefined> {
    const mark = await this.batches.mark(turn, plan);
    this.hand.left(turn.claim);
    return mark;
  }

  /** A slot of the account, then one of this process. */
  private hold<T>(turn: PushTurn, fn: () => Promise<T>): Promise<T> {
    return turn.session.hold(async () => {
      const giveBack = await this.calls.take();
      try {
        return await fn();
      } finally {
        giveBack();
      }
    });
  }

  /**
   * Sends what was planned under the reference of the mark, unless the claim's time is over: a process that was paused comes
   * back here, and another may be asking what became of the request.
   */
  private async request({ account, claim, session, port }: PushTurn, plan: Sending, mark: SentMark): Promise<Sent> {
    const { link } = plan.state;
    const started = this.clock.monotonic();
    this.crash.at("push.before-send");
    if (!mayStillSend(claim.deadline, started)) return { mark, error: tooLate() };
    try {
      const result = await (port.push as NonNullable<typeof port.push>).send(session.handle, {
        op: plan.operation,
        ...(link?.external_id == null ? {} : { externalId: link.external_id }),
        ...(link?.erp_version == null ? {} : { version: link.erp_version }),
        reference: mark.reference,
        body: plan.body,
      });
      this.crash.at("push.after-send");
      return { mark, result };
    } catch (error) {
      return { mark, error };
    } finally {
      this.aheadOf(account).called(this.clock.monotonic() - started, callsAtOnce(this.settings));
    }
  }

  private aheadOf({ tenantId, num }: Account): MarkedAhead {
    const id = `${tenantId}/${num}`;
    const known = this.ahead.get(id) ?? new MarkedAhead();
    this.ahead.set(id, known);
    return known;
  }
}

function once(fn: () => void): () => void {
  let left = true;
  return () => {
    if (left) fn();
    left = false;
  };
}

function tooLate(): AdapterError {
  return new AdapterError("the worker was held up, and its claim ran out before the request left", {
    category: "TRANSIENT",
    code: "ERP001",
    sent: "no",
  });
}
