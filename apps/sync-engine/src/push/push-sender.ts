import type { PushResult } from "@dovetail/adapter-sdk";
import { Injectable } from "@nestjs/common";
import { CrashPoints } from "../crash-points";
import type { SentMark } from "./push-batch.repository";
import { PushBatches } from "./push-batches";
import type { PushPlan } from "./push-plan";
import type { PushTurn } from "./push-turn";

/** Lets one request leave. */
@Injectable()
export class PushSender {
  constructor(
    readonly batches: PushBatches,
    private readonly crash: CrashPoints,
  ) {}

  /** Sends what was planned under the reference of the mark. Throws AdapterError, or whatever the adapter throws. */
  async send({ session, port }: PushTurn, plan: PushPlan & { do: "send" }, mark: SentMark): Promise<PushResult> {
    const { link } = plan.state;
    this.crash.at("push.before-send");
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
