import type { PushResult } from "@dovetail/adapter-sdk";
import type { JsonObject } from "@dovetail/domain";
import { assertHeld, Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { assertAdapter } from "../accounts/adapter-change";
import { CrashPoints } from "../crash-points";
import { RecordRepository } from "../records/record.repository";
import type { PushPlan } from "./push-plan";
import { mayLeave } from "./push-rules";
import type { PushTurn } from "./push-turn";
import { PushRepository, type SentMark } from "./push.repository";

/** Claims a link and lets one request leave. */
@Injectable()
export class PushSender {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly records: RecordRepository,
    private readonly crash: CrashPoints,
  ) {}

  /** Claims the link: from here on the request may be under way. Undefined when something moved since it was planned. */
  async mark(turn: PushTurn, plan: PushPlan & { do: "send" }): Promise<SentMark | undefined> {
    const { account, entity, key, claim } = turn;
    return this.db.transaction(account.tenantId, async (tx) => {
      await assertHeld(tx, claim);
      await assertAdapter(tx, account.num, turn.session.adapter.system);
      const record = await this.records.lock(tx, entity, key);
      const link = await this.records.link(tx, entity, record, key, account.num);
      const current = await this.pushes.get(tx, plan.state.push.id);
      const now = { ...(record && { record }), link, ...(current && { push: current }) };
      if (!record || !mayLeave(plan.state, now)) return undefined;
      const { operation, fields } = plan;
      const sent = only(fields, record.doc);
      const sending = { operation, fields, sent, adapter: turn.session.adapter.system };
      const mark = await this.pushes.markSent(tx, plan.state.push.id, sending);
      if (link) {
        const open = { ...link, push_open: true, push_io: mark.io };
        await this.records.saveLink(tx, entity, key, account.num, open, record.hash);
      }
      return mark;
    });
  }

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

function only(fields: readonly string[], doc: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(doc).filter(([field]) => fields.includes(field)));
}
