import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import { ProblemError, type CallContext } from "@dovetail/contracts";
import { Database, enqueue, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { isTarget, ownsKey, type Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { rereadWorkId } from "../jobs/row.worker";
import { ConflictLetters } from "../pull/conflict-letters";
import { isOvertaken, linkShown } from "../pull/read-rules";
import { entityOf } from "../pull/source-row.service";
import { newLink } from "../records/record";
import { RecordRepository } from "../records/record.repository";
import { RecordService } from "../records/record.service";
import type { DeadLetterRow } from "./dead-letter.repository";

/** What only a person decides: which of two values stands, and which row a key belongs to (SYN-10). */
@Injectable()
export class LetterDecisions {
  constructor(
    private readonly db: Database,
    private readonly records: RecordRepository,
    private readonly writes: RecordService,
    private readonly accounts: AccountService,
    private readonly conflicts: ConflictLetters,
  ) {}

  /**
   * The operator's correction is a new version of the record, on its way like any other. Of a conflict it is the decision:
   * what the ERP showed counts as seen, and what differs from it is pushed. All of it is one step: what counts as seen
   * without the decision beside it would leave as ours. Throws ERP008, STALE when the record moved on.
   */
  async correct(
    tx: Tx,
    ctx: CallContext,
    letter: DeadLetterRow,
    { body, base }: { body: JsonObject; base: number | undefined },
  ): Promise<void> {
    const entity = entityOf(letter.entity as number);
    const key = letter.key as string;
    const decides = letter.kind === "CONFLICT" && letter.direction === "inbound";
    const account = decides ? await this.accountOf(ctx, letter) : undefined;
    const ifVersion = account ? await this.markSeen(tx, account, entity, letter) : base;
    const wish = { entityType: entity, key, op: "put" as const, body };
    await this.writes.writeWithin(tx, ctx, { ...wish, ...(ifVersion === undefined ? {} : { ifVersion }) });
    // what the person kept as it was is no new version, and is still to be sent
    if (account && isTarget(account, entity)) await this.records.pushAgain(tx, account.num, entity, key);
  }

  /** A correction is committed. */
  corrected(): void {
    this.writes.told();
  }

  /**
   * The row is right as the ERP shows it: one that was renamed takes its new key, and the record of the old one is deleted
   * where the integration owns it; a second claimant takes the key over. It is read afresh then. Throws CONFLICT.
   */
  async accept(ctx: CallContext, letter: DeadLetterRow): Promise<void> {
    const { reason, external_id: externalId, key } = letter;
    const decides = reason === "KEY_CHANGED" || reason === "DUPLICATE_KEY";
    if (!decides || letter.entity === null || externalId === null || key === null)
      throw new ProblemError("CONFLICT", `a letter with reason ${reason} has no key to accept`);
    const account = await this.accountOf(ctx, letter);
    const entity = entityOf(letter.entity);
    const left = await this.db.transaction(ctx.tenantId, (tx) => this.unlink(tx, account, entity, letter));
    if (left !== undefined && left !== key && ENTITIES[entity].kind === "state" && ownsKey(account, entity, left))
      await this.writes.write(ctx, { entityType: entity, key: left, op: "delete" }).catch(ignoreMissing);
    const id = rereadWorkId(account.num, letter.entity, externalId);
    await this.db.transaction(ctx.tenantId, (tx) => enqueue(tx, { kind: "reread", id, dueInMs: 0, priority: 3 }));
  }

  /** Frees the key that the external id has left, or that another one holds; answers it. */
  private async unlink(
    tx: Tx,
    account: Account,
    entity: EntityName,
    letter: DeadLetterRow,
  ): Promise<string | undefined> {
    const key =
      letter.reason === "DUPLICATE_KEY"
        ? (letter.key as string)
        : await this.records.keyOfExternal(tx, entity, account.num, letter.external_id as string);
    if (key === undefined) return undefined;
    const record = await this.records.lock(tx, entity, key);
    const link = record && (await this.records.link(tx, entity, record, key, account.num));
    if (link?.push_open) throw underWay(key);
    await this.records.forgetLink(tx, account.num, entity, key);
    return key;
  }

  /** What the person saw of the ERP becomes the shadow; answers the version of the record that was seen beside it. */
  private async markSeen(
    tx: Tx,
    account: Account,
    entity: EntityName,
    letter: DeadLetterRow,
  ): Promise<number | undefined> {
    const read = this.conflicts.rowOf(letter.payload);
    const key = letter.key as string;
    if (!read || letter.external_id === null)
      throw new ProblemError("CONFLICT", "the row was too long to keep: retry the entry without a record");
    const row = { ...read, entity, key, externalId: letter.external_id, io: Number(letter.io) };
    // the key's turn comes before its lock, as with every writer
    await this.records.lockNew(tx, entity, key);
    const record = await this.records.lock(tx, entity, key);
    const link = await this.records.link(tx, entity, record, key, account.num);
    const { version } = (letter.problem?.current ?? {}) as { version?: number };
    if (!record || record.version !== version)
      throw new ProblemError("STALE", `${key} has moved on since: version ${record?.version ?? 0}`, {
        current: { version: record?.version ?? 0 },
        resolution: "Retry the entry without a record: the row is read and compared again.",
      });
    if (isOvertaken(link, row.io)) throw underWay(key);
    const owns = ownsKey(account, entity, key);
    const master = record.integration === account.num || (owns && record.integration === null);
    const seen = linkShown({ ...(link ?? newLink(master)), master }, row);
    await this.records.saveLink(tx, entity, key, account.num, seen, record.hash);
    return record.version;
  }

  private async accountOf(ctx: CallContext, letter: DeadLetterRow): Promise<Account> {
    const account = await this.accounts.byNumber(ctx.tenantId, letter.integration ?? 0);
    if (!account || account.deleted) throw new ProblemError("CONFLICT", "the integration is not there any more");
    return account;
  }
}

function underWay(key: string): ProblemError {
  return new ProblemError("CONFLICT", `a push of ${key} was under way after the row was read`, {
    resolution: "Retry the entry without a record: the row is read and compared again.",
  });
}

/** The record was deleted meanwhile: so it was to be. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof ProblemError) || error.code !== "NOT_FOUND") throw error;
}
