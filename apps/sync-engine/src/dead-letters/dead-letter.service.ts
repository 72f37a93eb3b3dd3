import { ENTITIES, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import {
  ProblemError,
  type BulkRetry,
  type CallContext,
  type DeadLetter,
  type DiscardDeadLetter,
  type ListDeadLetters,
  type Page,
  type RetryDeadLetter,
} from "@dovetail/contracts";
import { Database, enqueue, type Tx } from "@dovetail/database";
import { cutByBytes } from "@dovetail/messaging";
import { redact } from "@dovetail/service-kit";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { idOfCursor, knownId } from "../ids";
import { rereadWorkId } from "../jobs/row.worker";
import { entityOf, SourceRowService } from "../pull/source-row.service";
import { NOT_LINKED } from "../push/push-finder";
import { RecordService } from "../records/record.service";
import { DeadLetterRepository, type DeadLetterRow } from "./dead-letter.repository";

const BULK = 10_000;

/** What was not applied: inspect, correct, retry, discard. */
@Injectable()
export class DeadLetterService {
  constructor(
    private readonly db: Database,
    private readonly letters: DeadLetterRepository,
    private readonly accounts: AccountService,
    private readonly rows: SourceRowService,
    private readonly records: RecordService,
  ) {}

  async list(ctx: CallContext, input: ListDeadLetters): Promise<Page<DeadLetter>> {
    const account = input.integration
      ? await this.accounts.get(ctx.tenantId, ctx.tenant, input.integration)
      : undefined;
    const limit = input.limit ?? 100;
    const filter = {
      integration: account?.num ?? null,
      kind: input.kind ?? null,
      status: input.status ?? "OPEN",
      entity: input.entityType ? ENTITIES[input.entityType].code : null,
    };
    const cursor = idOfCursor(input.cursor);
    const rows = await this.db.readOnly(ctx.tenantId, (tx) => this.letters.list(tx, filter, cursor, limit + 1));
    const names = await this.accounts.names(ctx.tenantId);
    const cut = cutByBytes(rows.slice(0, limit).map((row) => this.view(row, names)));
    const more = rows.length > cut.items.length;
    return { items: cut.items, next: more ? (cut.items.at(-1)?.id ?? null) : null };
  }

  async get(ctx: CallContext, id: string): Promise<DeadLetter> {
    knownId(id, "dead letter");
    const row = await this.db.readOnly(ctx.tenantId, (tx) => this.letters.get(tx, id));
    if (!row) throw new ProblemError("NOT_FOUND", `there is no dead letter ${id}`);
    return this.view(row, await this.accounts.names(ctx.tenantId));
  }

  /**
   * Tries again. A source row is read afresh from the ERP; a push is sent again, with `record` as a new version by the
   * operator where it is given. Throws CONFLICT when the letter is not open, or its push has been passed over.
   */
  async retry(ctx: CallContext, input: RetryDeadLetter): Promise<DeadLetter> {
    knownId(input.id, "dead letter");
    const row = await this.db.readOnly(ctx.tenantId, (tx) => this.letters.get(tx, input.id));
    if (!row) throw new ProblemError("NOT_FOUND", `there is no dead letter ${input.id}`);
    if (row.status !== "OPEN") throw closed(row);
    if (input.record) await this.newVersion(ctx, row, input.record);
    else if (!(await this.db.transaction(ctx.tenantId, (tx) => this.retryAlone(tx, row))))
      throw new ProblemError("CONFLICT", "a later version has passed it by, or there is nothing to try again");
    return this.get(ctx, input.id);
  }

  async discard(ctx: CallContext, input: DiscardDeadLetter): Promise<DeadLetter> {
    knownId(input.id, "dead letter");
    await this.db.transaction(ctx.tenantId, async (tx) => {
      const row = await this.letters.get(tx, input.id, true);
      if (!row) throw new ProblemError("NOT_FOUND", `there is no dead letter ${input.id}`);
      if (!(await this.letters.resolve(tx, input.id, input.reason, "DISCARDED"))) throw closed(row);
      if (row.push_id) await this.letters.discardPush(tx, row.push_id);
    });
    return this.get(ctx, input.id);
  }

  async bulkRetry(ctx: CallContext, input: BulkRetry): Promise<{ retried: number }> {
    const account = input.integration
      ? await this.accounts.get(ctx.tenantId, ctx.tenant, input.integration)
      : undefined;
    const filter = {
      integration: account?.num ?? null,
      kind: input.kind ?? null,
      status: "OPEN",
      entity: input.entityType ? ENTITIES[input.entityType].code : null,
    };
    return this.db.transaction(ctx.tenantId, async (tx) => {
      const rows = await this.letters.list(tx, filter, null, BULK);
      let retried = 0;
      for (const row of rows) if (await this.retryWithin(tx, row)) retried++;
      return { retried };
    });
  }

  /** As `retryWithin`, for one that a person has looked into: retried alone, the ERP does not have the document. */
  private async retryAlone(tx: Tx, row: DeadLetterRow): Promise<boolean> {
    const again = await this.retryWithin(tx, row);
    if (again && row.reason === NOT_LINKED) await this.letters.forgetLost(tx, row);
    return again;
  }

  /** False when there is nothing to try again. */
  private async retryWithin(tx: Tx, row: DeadLetterRow): Promise<boolean> {
    if (row.integration === null || row.entity === null) return false;
    if (row.push_id) {
      const work = await this.letters.reopenPush(tx, row.push_id);
      if (work) await enqueue(tx, { kind: "push", id: work, dueInMs: 0, priority: 3 });
      return work !== undefined;
    }
    if (!row.external_id) return false;
    const id = rereadWorkId(row.integration, row.entity, row.external_id);
    await enqueue(tx, { kind: "reread", id, dueInMs: 0, priority: 3 });
    return true;
  }

  /** The operator's correction is a new version of the record, on its way like any other. */
  private async newVersion(ctx: CallContext, row: DeadLetterRow, body: JsonObject): Promise<void> {
    if (row.entity === null || row.key === null)
      throw new ProblemError(
        "CONFLICT",
        "the letter has no key: correct the row in the ERP and retry without a record",
      );
    await this.records.write(ctx, { entityType: entityOf(row.entity), key: row.key, op: "put", body });
    await this.db.transaction(ctx.tenantId, (tx) => this.letters.resolve(tx, row.id, "corrected by a new version"));
  }

  private view(row: DeadLetterRow, names: ReadonlyMap<number, string>): DeadLetter {
    const entityType: EntityName | null = row.entity === null ? null : entityOf(row.entity);
    return {
      id: row.id,
      kind: row.kind,
      integration: row.integration === null ? null : (names.get(row.integration) ?? String(row.integration)),
      direction: row.direction,
      entityType,
      key: row.key,
      externalId: row.external_id,
      reason: row.reason,
      problem: row.problem,
      payload: redact(this.rows.unseal(row.payload) ?? row.payload) as Json,
      status: row.status,
      attempts: row.attempts,
      version: row.version,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }
}

function closed(row: DeadLetterRow): ProblemError {
  return new ProblemError("CONFLICT", `the letter is ${row.status.toLowerCase()}`, {
    current: { status: row.status, note: row.note },
  });
}
