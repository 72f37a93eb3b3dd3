import { AdapterError, type PushResult } from "@dovetail/adapter-sdk";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import type { SentMark } from "./push-batch.repository";
import { PushBatches } from "./push-batches";
import type { PushPlan } from "./push-plan";
import { mayStillSend } from "./push-rules";
import type { PushTurn } from "./push-turn";
import { CLOCK } from "../tokens";

/** Lets one request leave. */
@Injectable()
export class PushSender {
  constructor(
    readonly batches: PushBatches,
    private readonly crash: CrashPoints,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sends what was planned under the reference of the mark, unless the claim's time is over: a process that was paused comes
   * back here, and another may be asking what became of the request. Throws AdapterError, or whatever the adapter throws.
   */
  async send({ claim, session, port }: PushTurn, plan: PushPlan & { do: "send" }, mark: SentMark): Promise<PushResult> {
    const { link } = plan.state;
    this.crash.at("push.before-send");
    if (!mayStillSend(claim.deadline, this.clock.monotonic())) throw tooLate();
    const result = await (port.push as NonNullable<typeof port.push>).send(session.handle, {
      op: plan.operation,
      ...(link?.external_id == null ? {} : { externalId: link.external_id }),
      ...(link?.erp_version == null ? {} : { version: link.erp_version }),
      reference: mark.reference,
      body: plan.body,
    });
    this.crash.at("push.after-send");
    return result;
  }
}

function tooLate(): AdapterError {
  return new AdapterError("the worker was held up, and its claim ran out before the request left", {
    category: "TRANSIENT",
    code: "ERP001",
    sent: "no",
  });
}
