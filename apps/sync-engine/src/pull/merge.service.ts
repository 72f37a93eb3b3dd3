import type { EntityName, FieldPolicy } from "@dovetail/domain";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { entitySettings, isTarget, ownsKey, sourceOf, type Account } from "../accounts/account";
import { newLink, type LinkRow, type RecordRow } from "../records/record";
import { RecordRepository } from "../records/record.repository";
import { ConflictLetters, type ListedConflict } from "./conflict-letters";
import { linkShown, mergeBase, mergeRead, refusal, type MergeHints, type ShownRow } from "./read-rules";

/** A row to be merged, and the job that read it. */
export interface ReadRow extends ShownRow {
  jobId: string | null;
}

export type MergeOutcome =
  | { state: "created" | "updated" | "unchanged" }
  /** `conflict`: what a person has to decide on, and the row as it was read, sealed. */
  | { state: "parked"; kind: "PARKED" | "CONFLICT"; reason: string; detail: string; conflict?: ListedConflict };

/**
 * The merge of a single row under its record's lock, field by field: for rows with local edits, first meetings, rows that
 * come back, and what a push was answered with. The page merge settles all others.
 */
@Injectable()
export class MergeService {
  constructor(
    private readonly records: RecordRepository,
    private readonly accounts: AccountService,
    private readonly conflicts: ConflictLetters,
  ) {}

  async merge(tx: Tx, account: Account, row: ReadRow): Promise<MergeOutcome> {
    const { entity, key } = row;
    await this.records.lockNew(tx, entity, key);
    const record = await this.records.lock(tx, entity, key);
    const link = await this.records.link(tx, entity, record, key, account.num);
    const unnamed = record !== undefined && link?.external_id == null;
    const creating = unnamed ? await this.records.creating(tx, entity, key, account.num) : undefined;
    const linkedKey = await this.records.keyOfExternal(tx, entity, account.num, row.externalId);
    const why = refusal(link, row, linkedKey, creating);
    if (why) return { state: "parked", ...why };
    const owns = ownsKey(account, entity, key);
    const master = record ? record.integration === account.num || (owns && record.integration === null) : owns;
    const base = mergeBase({ ...(link ?? newLink(master)), master }, creating);
    if (!owns) return this.rememberOnly(tx, account, row, base, record);
    return this.mergeFields(tx, account, row, base, record);
  }

  /** A push-only integration: its pull makes links and shadows, never a change. */
  private async rememberOnly(
    tx: Tx,
    account: Account,
    row: ReadRow,
    base: LinkRow,
    record: RecordRow | undefined,
  ): Promise<MergeOutcome> {
    await this.records.saveLink(tx, row.entity, row.key, account.num, linkShown(base, row), record?.hash ?? "");
    return { state: "unchanged" };
  }

  private async mergeFields(
    tx: Tx,
    account: Account,
    row: ReadRow,
    base: LinkRow,
    record: RecordRow | undefined,
  ): Promise<MergeOutcome> {
    const { entity, key } = row;
    const policy = entitySettings(account, entity)?.fieldPolicy ?? { "*": "erp" };
    const merged = mergeRead(row, base, record, policy, await this.hints(tx, account, row, base, policy));
    if (merged.do === "nothing") return { state: "unchanged" };
    if (merged.do === "conflict") {
      const detail = `both sides changed ${merged.conflicts.map(({ field }) => field).join(", ")}`;
      const conflict = this.conflicts.open(detail, merged.conflicts, row, record?.version ?? 0);
      return { state: "parked", kind: "CONFLICT", reason: "CONFLICT", detail, conflict };
    }
    const { next, link, hash, differs } = merged;
    const page =
      next &&
      (await this.records.writeChange(tx, {
        tenant: account.tenant,
        entity,
        version: (record?.version ?? 0) + 1,
        canonical: next,
        deleted: false,
        integration: account.num,
        jobId: row.jobId,
        source: sourceOf(account),
      }));
    await this.records.saveLink(tx, entity, key, account.num, link, hash);
    await this.conflicts.settled(tx, account, row, merged.settled);
    if (page === undefined) return { state: "unchanged" };
    await this.pushOn(tx, account, entity, page, differs);
    return { state: record && !record.deleted ? "updated" : "created" };
  }

  private async hints(
    tx: Tx,
    account: Account,
    row: ReadRow,
    base: LinkRow,
    policy: Readonly<Record<string, FieldPolicy>>,
  ): Promise<MergeHints> {
    const { entity, key, mapping } = row;
    const asksTime = row.modifiedAt !== undefined && Object.values(policy).includes("newest");
    const acceptedAt = asksTime ? await this.records.acceptedAt(tx, entity, key, account.num) : undefined;
    const rebases = base.shadow_mapping !== null && base.shadow_mapping !== mapping;
    const changed = rebases
      ? await this.accounts.changedRules(account, entity, base.shadow_mapping, mapping)
      : undefined;
    return { ...(acceptedAt === undefined ? {} : { acceptedAt }), ...(changed === undefined ? {} : { changed }) };
  }

  /** To every other target; and back to where it came from when local edits survived the merge. */
  private async pushOn(tx: Tx, account: Account, entity: EntityName, page: number, differs: boolean): Promise<void> {
    const targets = await this.accounts.targets(account.tenantId, entity, account.num);
    if (differs && isTarget(account, entity)) targets.push(account.num);
    await this.records.planPushes(tx, page, targets);
  }
}
