import { ENTITIES, type Json } from "@dovetail/domain";
import type { BulkJob, BulkRetry, CallContext, LetterFilter } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { tally, type BulkJobRow, type BulkTask, type BulkTurn, type SliceEnd } from "../bulk/bulk-job";
import { BulkJobService } from "../bulk/bulk-job.service";
import { instantOf } from "../ids";
import { LetterListRepository, type LetterPlace, type LetterWanted } from "./letter-list.repository";
import { LetterRetrier, type LeftReason } from "./letter-retrier";

const SLICE = 50;

/** Bulk job `retry`: every open letter that fits and was listed before the job is put on its way again, once. */
@Injectable()
export class LetterRetryTask implements BulkTask {
  constructor(
    private readonly db: Database,
    private readonly letters: LetterListRepository,
    private readonly retrier: LetterRetrier,
    private readonly accounts: AccountService,
    private readonly jobs: BulkJobService,
  ) {}

  /** Queues the job. What only a person may decide is left by it, and counted. */
  async start(ctx: CallContext, { filter = {} }: BulkRetry): Promise<BulkJob> {
    const wanted = await wantedLetters(this.accounts, ctx, filter);
    return this.jobs.start(ctx, "retry", { ...filter }, { ...wanted });
  }

  count(tx: Tx, job: BulkJobRow): Promise<number> {
    return this.letters.count(tx, wantedBy(job));
  }

  async slice({ claim, job, store }: BulkTurn): Promise<SliceEnd> {
    const place = job.place as LetterPlace | null;
    return this.db.transaction(claim.tenantId, async (tx) => {
      const rows = await this.letters.next(tx, wantedBy(job), place, SLICE);
      const last = rows.at(-1);
      if (!last) return "end";
      const reasons: LeftReason[] = [];
      for (const row of rows) {
        const left = await this.retrier.byMachine(tx, row);
        if (left !== undefined) reasons.push(left);
      }
      const reached: Json = { at: last.place_at, id: last.id };
      await store(tx, { place: reached, done: rows.length - reasons.length, left: tally(reasons) });
      return "more";
    });
  }
}

/** What a caller asked for, in the words of the tables. Throws ERP008 for a time that is none, NOT_FOUND for an integration. */
export async function wantedLetters(
  accounts: AccountService,
  { tenantId, tenant }: { tenantId: string; tenant: string },
  asked: LetterFilter & { key?: string },
): Promise<LetterWanted> {
  const account = asked.integration ? await accounts.get(tenantId, tenant, asked.integration) : undefined;
  return {
    integration: account?.num ?? null,
    kind: asked.kind ?? null,
    reason: asked.reason ?? null,
    entity: asked.entityType ? ENTITIES[asked.entityType].code : null,
    key: asked.key ?? null,
    from: instantOf(asked.from, "from"),
    to: instantOf(asked.to, "to"),
  };
}

function wantedBy(job: BulkJobRow): LetterWanted {
  const wanted = job.wanted as unknown as LetterWanted;
  const end = wanted.to !== null && Date.parse(wanted.to) < Date.parse(job.created_at) ? wanted.to : job.created_at;
  return { ...wanted, to: end };
}
