import { ENTITIES, ENTITY_NAMES, expandEntityGroup } from "@dovetail/domain";
import { AdapterError } from "@dovetail/adapter-sdk";
import {
  ProblemError,
  type BulkJob,
  type CallContext,
  type ReplayTransaction,
  type ReplayTransactions,
} from "@dovetail/contracts";
import { Database, enqueue } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { SessionService } from "../accounts/session.service";
import { BulkJobService } from "../bulk/bulk-job.service";
import { instantOf, isId } from "../ids";
import { entityOf } from "../pull/source-row.service";
import { pushWorkId } from "../push/push";
import { ReplayRepository, type PushToForce, type ReplayWanted } from "./replay.repository";

/** Replays as clients ask for them: many as a bulk job, one that is confirmed by force. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly db: Database,
    private readonly replays: ReplayRepository,
    private readonly accounts: AccountService,
    private readonly sessions: SessionService,
    private readonly bulk: BulkJobService,
  ) {}

  /** Queues the job. Throws ERP008 for a time that is none or an entity that is not known. */
  async start(ctx: CallContext, input: ReplayTransactions): Promise<BulkJob> {
    const account = await this.accounts.get(ctx.tenantId, ctx.tenant, input.integration);
    const from = instantOf(input.from, "from") as string;
    const to = instantOf(input.to, "to");
    if (to !== null && Date.parse(to) <= Date.parse(from))
      throw new ProblemError("ERP008", "`to` is not behind `from`", {
        errors: [{ field: "to", rule: "range", value: to, code: "ERP008" }],
      });
    const wanted: ReplayWanted = {
      integration: account.num,
      inbound: input.direction !== "outbound",
      outbound: input.direction !== "inbound",
      entities: input.entityTypes ? codesOf(input.entityTypes) : null,
      from,
      to,
      mapping: input.mapping ?? "current",
    };
    return this.bulk.start(ctx, "replay", { ...input }, { ...wanted });
  }

  /**
   * Sends the record of one confirmed push again, as it is now, whole; answers the new push. A document that the ERP does not
   * have any more is made anew. Throws CONFLICT with the current state for one that is not confirmed or has another push on
   * its way, for a record whose link is lost, and for a fact unless the ERP surely lacks it.
   */
  async force(ctx: CallContext, input: ReplayTransaction): Promise<string> {
    const seen = await this.find(ctx.tenantId, input.id);
    if (!input.force) throw conflict("it is confirmed: it is sent again only with `force`", seen);
    const absent = await this.isAbsent(ctx.tenantId, seen);
    return this.db.transaction(ctx.tenantId, async (tx) => {
      const push = await this.replays.lockPush(tx, input.id);
      if (!push) throw missing(input.id);
      refuse(push);
      if (push.external_id !== seen.external_id) throw conflict("the link moved meanwhile", push);
      const fact = ENTITIES[entityOf(push.entity)].kind === "fact";
      if (fact && !absent) throw conflict("the ERP may have the document, and a fact is never written twice", push);
      const mapping = input.mapping === "original" ? await this.replays.mappingThen(tx, push.id) : null;
      await this.replays.forgetShown(tx, push, absent === true);
      const id = await this.replays.pushAnew(tx, push, mapping);
      const work = pushWorkId(push.integration, push.entity, push.key);
      await enqueue(tx, { kind: "push", id: work, dueInMs: 0, priority: 3 });
      return id;
    });
  }

  private async find(tenantId: string, id: string): Promise<PushToForce> {
    const push = isId(id) ? await this.db.transaction(tenantId, (tx) => this.replays.lockPush(tx, id)) : undefined;
    if (!push) throw missing(id);
    refuse(push);
    return push;
  }

  /** Whether the ERP surely lacks the document; undefined when it cannot be asked. Throws CONFLICT when the link is lost. */
  private async isAbsent(tenantId: string, push: PushToForce): Promise<boolean | undefined> {
    const account = await this.accounts.byNumber(tenantId, push.integration);
    if (!account || account.deleted) throw new ProblemError("NOT_FOUND", "the integration is not there any more");
    // what cannot be asked about may well be there: sent again it would stand there twice
    if (push.external_id === null)
      throw conflict("the link of the record is lost: the ERP cannot be asked whether it has the document", push);
    try {
      const { adapter, handle } = await this.sessions.open(account);
      const { lookup } = adapter.entities[entityOf(push.entity)] ?? {};
      return lookup && (await lookup(handle, { externalId: push.external_id })).length === 0;
    } catch (error) {
      if (error instanceof AdapterError && error.category === "NOT_FOUND") return true;
      if (error instanceof AdapterError) throw new ProblemError(error.code, error.message, { cause: error });
      throw error;
    }
  }
}

function refuse(push: PushToForce): void {
  if (push.status !== "confirmed") throw conflict("only a confirmed push is replayed by force; retry the others", push);
  if (push.open) throw conflict("another push of the record has not ended", push);
  if (push.deleted) throw conflict("the record is deleted", push);
}

function conflict(why: string, push: PushToForce): ProblemError {
  return new ProblemError("CONFLICT", why, { current: { status: push.status, recordVersion: push.version } });
}

function missing(id: string): ProblemError {
  return new ProblemError("NOT_FOUND", `there is no push ${id}`);
}

function codesOf(words: readonly string[]): number[] {
  const codes = new Set<number>();
  for (const word of words) {
    const entities = expandEntityGroup(word);
    if (entities.length === 0) {
      const errors = [{ field: "entityTypes", rule: "unknown", value: word.slice(0, 100), code: "ERP008" }];
      throw new ProblemError("ERP008", `${word} is no entity; there are ${ENTITY_NAMES.join(", ")}`, { errors });
    }
    for (const entity of entities) codes.add(ENTITIES[entity].code);
  }
  return [...codes];
}
