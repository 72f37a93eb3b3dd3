import { uuidv7, type JsonObject } from "@dovetail/domain";
import {
  ProblemError,
  type BulkJob,
  type BulkJobKind,
  type CallContext,
  type ListBulkJobs,
  type Page,
} from "@dovetail/contracts";
import { Database, enqueue } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { idOfCursor, knownId, sourceOfActor } from "../ids";
import { WorkBell } from "../work-bell";
import { bulkJobView } from "./bulk-job";
import { BulkJobRepository } from "./bulk-job.repository";

/** The work row of a bulk job: its id is the job's, so two workers never have one job. */
export const BULK_WORK = "bulk";

/** Bulk jobs as clients ask for them and see them. */
@Injectable()
export class BulkJobService {
  constructor(
    private readonly db: Database,
    private readonly jobs: BulkJobRepository,
    private readonly bell: WorkBell,
  ) {}

  /** Queues one; nothing is done in the call itself. `wanted` is the filter in the words of the tables. */
  async start(ctx: CallContext, kind: BulkJobKind, filter: JsonObject, wanted: JsonObject): Promise<BulkJob> {
    const job = { id: uuidv7(), kind, filter, wanted, createdBy: sourceOfActor(ctx) };
    const row = await this.db.transaction(ctx.tenantId, async (tx) => {
      await enqueue(tx, { kind: BULK_WORK, id: job.id, priority: 4 });
      return this.jobs.insert(tx, job);
    });
    this.bell.ring();
    return bulkJobView(row);
  }

  async get(ctx: CallContext, id: string): Promise<BulkJob> {
    const row = await this.db.readOnly(ctx.tenantId, (tx) => this.jobs.get(tx, knownId(id, "bulk job")));
    if (!row) throw new ProblemError("NOT_FOUND", `there is no bulk job ${id}`);
    return bulkJobView(row);
  }

  async list(ctx: CallContext, input: ListBulkJobs): Promise<Page<BulkJob>> {
    const limit = input.limit ?? 100;
    const filter = { kind: input.kind ?? null, status: input.status ?? null, before: idOfCursor(input.cursor) };
    const rows = await this.db.readOnly(ctx.tenantId, (tx) => this.jobs.list(tx, { ...filter, limit: limit + 1 }));
    const items = rows.slice(0, limit).map(bulkJobView);
    return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** What it has done stands; nothing more is taken up. Throws CONFLICT when it has ended. */
  async cancel(ctx: CallContext, id: string): Promise<BulkJob> {
    const ended = await this.db.transaction(ctx.tenantId, (tx) =>
      this.jobs.end(tx, knownId(id, "bulk job"), "cancelled", null),
    );
    if (ended) return bulkJobView(ended);
    const job = await this.get(ctx, id);
    throw new ProblemError("CONFLICT", `the bulk job is ${job.status}`, { current: job as never });
  }
}
