import { recordHash, canonicalJson, threeWayMerge, type EntityName, type JsonObject } from "@dovetail/domain";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { entitySettings, isTarget, ownsKey, sourceOf, type Account } from "../accounts/account";
import { canonical, newLink, type LinkRow, type RecordRow } from "../records/record";
import { RecordRepository } from "../records/record.repository";
import { stillAccepted } from "../push/push";

/** One row as the ERP showed it, in canonical form. */
export interface ReadRow {
  entity: EntityName;
  key: string;
  externalId: string;
  erpVersion: string | null;
  record: JsonObject;
  mapping: number;
  /** The I/O number of the read, taken before its request left. */
  io: number;
  jobId: string | null;
  modifiedAt?: string;
}

export type MergeOutcome =
  | { state: "created" | "updated" | "unchanged" }
  | { state: "parked"; kind: "PARKED" | "CONFLICT"; reason: string; detail: string };

/**
 * The merge of a single row under its record's lock, field by field: for rows with local edits, first meetings, rows that
 * come back, and what a push was answered with. The page merge settles all others.
 */
@Injectable()
export class MergeService {
  constructor(
    private readonly records: RecordRepository,
    private readonly accounts: AccountService,
  ) {}

  async merge(tx: Tx, account: Account, row: ReadRow): Promise<MergeOutcome> {
    const { entity, key } = row;
    await this.records.lockNew(tx, entity, key);
    const record = await this.records.lock(tx, entity, key);
    const link = await this.records.link(tx, entity, record, key, account.num);
    const refusal = await this.refusal(tx, account, row, link);
    if (refusal) return refusal;
    const owns = ownsKey(account, entity, key);
    const master = record ? record.integration === account.num || (owns && record.integration === null) : owns;
    const base = { ...(link ?? newLink(master)), master };
    if (!owns) return this.rememberOnly(tx, account, row, base, record);
    return this.mergeFields(tx, account, row, base, record);
  }

  /** What forbids a merge now: a push in between, or an external id and a key that do not belong together. */
  private async refusal(
    tx: Tx,
    account: Account,
    row: ReadRow,
    link: LinkRow | undefined,
  ): Promise<MergeOutcome | undefined> {
    if (link && (link.push_open || link.push_io > row.io))
      return {
        state: "parked",
        kind: "PARKED",
        reason: "IN_FLIGHT",
        detail: "read while a push of the record was under way",
      };
    if (link?.external_id != null && link.external_id !== row.externalId)
      return {
        state: "parked",
        kind: "PARKED",
        reason: "DUPLICATE_KEY",
        detail: `${row.key} is linked to ${link.external_id}; ${row.externalId} claims the same key`,
      };
    const other = await this.records.keyOfExternal(tx, row.entity, account.num, row.externalId);
    if (other !== undefined && other !== row.key)
      return {
        state: "parked",
        kind: "PARKED",
        reason: "KEY_CHANGED",
        detail: `${row.externalId} was ${other} and is now ${row.key}`,
      };
    return undefined;
  }

  /** A push-only integration: its pull makes links and shadows, never a change. */
  private async rememberOnly(
    tx: Tx,
    account: Account,
    row: ReadRow,
    base: LinkRow,
    record: RecordRow | undefined,
  ): Promise<MergeOutcome> {
    await this.records.saveLink(tx, row.entity, row.key, account.num, shown(base, row), record?.hash ?? "");
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
    const tombstone = record?.deleted === true;
    // deleted here and unchanged there: the deletion stands, whether or not it can be pushed
    if (tombstone && base.shadow_hash === recordHash(canonicalJson(entity, row.record))) return { state: "unchanged" };
    const shadow = tombstone ? null : base.shadow;
    const present = record && !tombstone ? record.doc : {};
    const merged = threeWayMerge(entity, { shadow, record: present, read: row.record }, policy, {
      ...(row.modifiedAt === undefined ? {} : { erpModifiedAt: row.modifiedAt }),
    });
    if (merged.conflicts.length > 0) {
      const fields = merged.conflicts.map((conflict) => conflict.field).join(", ");
      return { state: "parked", kind: "CONFLICT", reason: "CONFLICT", detail: `both sides changed ${fields}` };
    }
    const next = canonical(entity, merged.merged);
    const changed = !record || record.deleted || next.hash !== record.hash;
    let page: number | undefined;
    if (changed)
      page = await this.records.writeChange(tx, {
        tenant: account.tenant,
        entity,
        version: (record?.version ?? 0) + 1,
        canonical: next,
        deleted: false,
        integration: account.num,
        jobId: row.jobId,
        source: sourceOf(account),
      });
    const link = shown(base, row);
    await this.records.saveLink(tx, entity, key, account.num, link, next.hash);
    if (page !== undefined) await this.pushOn(tx, account, entity, page, link.shadow_hash !== next.hash);
    if (!changed) return { state: "unchanged" };
    return { state: record && !record.deleted ? "updated" : "created" };
  }

  /** To every other target; and back to where it came from when local edits survived the merge. */
  private async pushOn(tx: Tx, account: Account, entity: EntityName, page: number, differs: boolean): Promise<void> {
    const targets = await this.accounts.targets(account.tenantId, entity, account.num);
    if (differs && isTarget(account, entity)) targets.push(account.num);
    await this.records.planPushes(tx, page, targets);
  }
}

/** The link after the ERP showed this row. An accepted difference ends when the ERP shows another value of that field. */
function shown(base: LinkRow, row: ReadRow): LinkRow {
  const doc = canonicalJson(row.entity, row.record);
  const shadow = JSON.parse(doc) as JsonObject;
  return {
    ...base,
    external_id: row.externalId,
    erp_version: row.erpVersion,
    shadow,
    shadow_hash: recordHash(doc),
    shadow_mapping: row.mapping,
    accepted: stillAccepted(base.accepted, shadow),
  };
}
