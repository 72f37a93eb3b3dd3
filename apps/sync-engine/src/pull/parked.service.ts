import type { EntityName, JsonObject } from "@dovetail/domain";
import type { Raw } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { Database, enqueue, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { DeadLetterRepository, type DeadLetterRow } from "../dead-letters/dead-letter.repository";
import { MergeService, type MergeOutcome } from "./merge.service";
import type { Letter } from "./page";
import { entityOf, SourceRowService } from "./source-row.service";

/** A row as the page merge left it: already mapped and checked. */
interface LeftOver {
  record: JsonObject;
  erpVersion: string | null;
  mapping: number;
  /** By our clock; null: the ERP does not say, or no field follows the newest change. */
  modifiedAt?: string | null;
}

const SLICE = 100;
const REREAD_DELAY_MS = 1_000;

/** Takes up parked rows: what the page merge left over, and rows whose parent has arrived. */
@Injectable()
export class ParkedService {
  constructor(
    private readonly db: Database,
    private readonly letters: DeadLetterRepository,
    private readonly merge: MergeService,
    private readonly rows: SourceRowService,
  ) {}

  /** Merges field by field what the page merge left over. */
  async mergeLeftOvers(account: Account, entity: EntityName): Promise<void> {
    for (;;) {
      const found = await this.db.readOnly(account.tenantId, (tx) =>
        this.letters.unmerged(tx, account.num, entity, SLICE),
      );
      for (const letter of found) await this.mergeLeftOver(account, entity, letter);
      if (found.length < SLICE) return;
    }
  }

  private async mergeLeftOver(account: Account, entity: EntityName, letter: DeadLetterRow): Promise<void> {
    await this.db.transaction(account.tenantId, (tx) => this.mergeWithin(tx, account, entity, letter));
  }

  /** Merges one row that the page merge left over; undefined when another has done so. */
  async mergeWithin(
    tx: Tx,
    account: Account,
    entity: EntityName,
    letter: DeadLetterRow,
  ): Promise<MergeOutcome | undefined> {
    const { record, erpVersion, mapping, modifiedAt } = letter.payload as unknown as LeftOver;
    const current = await this.letters.get(tx, letter.id, true);
    if (current?.status !== "OPEN" || current.reason !== "MERGE") return undefined;
    const outcome = await this.merge.merge(tx, account, {
      entity,
      key: letter.key ?? "",
      externalId: letter.external_id ?? "",
      erpVersion,
      record,
      mapping,
      io: Number(letter.io),
      jobId: letter.job_id,
      ...(modifiedAt ? { modifiedAt } : {}),
    });
    await this.settle(tx, account, current, outcome);
    return outcome;
  }

  /** Releases rows whose parent is known by now; answers how many were taken up. */
  async release(account: Account): Promise<number> {
    let after = "00000000-0000-0000-0000-000000000000";
    let released = 0;
    for (;;) {
      const found = await this.db.readOnly(account.tenantId, (tx) =>
        this.letters.releasable(tx, account.num, SLICE, after),
      );
      for (const letter of found) await this.releaseOne(account, letter);
      released += found.length;
      const last = found[found.length - 1];
      if (!last || found.length < SLICE) return released;
      after = last.id;
    }
  }

  private async releaseOne(account: Account, letter: DeadLetterRow): Promise<void> {
    const raw = this.rows.unseal(letter.payload) as unknown as Raw | undefined;
    const entity = entityOf(letter.entity ?? 0);
    if (!raw) return this.readAgain(account, letter);
    const page = await this.rows.prepareWithNewest(account, entity, [raw]);
    const row = page.rows[0];
    await this.db.transaction(account.tenantId, async (tx) => {
      const current = await this.letters.get(tx, letter.id, true);
      if (current?.status !== "OPEN") return;
      if (!row) return this.stay(tx, current, page.letters[0]);
      const outcome = await this.merge.merge(tx, account, {
        entity,
        key: row.key,
        externalId: row.externalId,
        erpVersion: row.erpVersion,
        record: JSON.parse(row.doc) as JsonObject,
        mapping: page.mapping,
        io: Number(letter.io),
        jobId: letter.job_id,
        ...(raw.modifiedAt === undefined ? {} : { modifiedAt: raw.modifiedAt }),
      });
      await this.settle(tx, account, current, outcome);
    });
  }

  private async stay(tx: Tx, letter: DeadLetterRow, again: Letter | undefined): Promise<void> {
    if (!again) return;
    const { kind, reason, waitingEntity, waitingId, problem } = again;
    await this.letters.keep(tx, letter, { kind, reason, waitingEntity, waitingId, problem });
    if (kind === "REJECTED") await this.letters.recount(tx, letter.job_id, "rejected");
  }

  private async settle(tx: Tx, account: Account, letter: DeadLetterRow, outcome: MergeOutcome): Promise<void> {
    if (outcome.state !== "parked") {
      await this.letters.resolve(tx, letter.id, outcome.state);
      const { integration, entity, external_id: externalId } = letter;
      if (integration !== null && entity !== null && externalId !== null)
        await this.letters.resolveSource(tx, integration, entityOf(entity), externalId, outcome.state);
      await this.letters.recount(tx, letter.job_id, outcome.state);
      return;
    }
    const { kind, reason, detail, conflict } = outcome;
    if (conflict && letter.integration !== null && letter.entity !== null && letter.kind !== "CONFLICT") {
      const { integration, entity, id: letterId } = letter;
      const row = { integration, entity, externalId: letter.external_id ?? "", io: Number(letter.io), letterId };
      if (await this.letters.conflictStands(tx, row, conflict)) return;
    }
    const listed = conflict ?? { problem: new ProblemError("CONFLICT", detail).problem };
    await this.letters.keep(tx, letter, { kind, reason, waitingEntity: null, waitingId: null, ...listed });
    if (reason === "IN_FLIGHT") await this.enqueueReread(tx, account, letter);
  }

  private async readAgain(account: Account, letter: DeadLetterRow): Promise<void> {
    await this.db.transaction(account.tenantId, (tx) => this.enqueueReread(tx, account, letter));
  }

  private async enqueueReread(tx: Tx, account: Account, letter: DeadLetterRow): Promise<void> {
    const id = `${account.num}:${letter.entity}:${letter.external_id}`;
    await enqueue(tx, { kind: "reread", id, dueInMs: REREAD_DELAY_MS, priority: 3 });
  }
}
