import { ENTITIES, uuidv7, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import { Database, enqueue, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { assertAdapter } from "../accounts/adapter-change";
import { SessionService } from "../accounts/session.service";
import { DeadLetterRepository, type SourceLetter } from "../dead-letters/dead-letter.repository";
import { MergeService } from "./merge.service";
import type { PreparedRow } from "./page";
import type { RowState } from "./run.repository";
import { SourceRowService } from "./source-row.service";

const IN_FLIGHT_MS = 2_000;
const SWEEP_MS = 30_000;

/** Where a row was read, through which adapter, and by which read. */
interface Source {
  account: Account;
  entity: EntityName;
  system: string;
  mapping: number;
  io: number;
  jobId: string | null;
}

/** Reads one row of an ERP afresh and merges it: after a notice, and for rows that were parked in flight. */
@Injectable()
export class SingleReader {
  constructor(
    private readonly db: Database,
    private readonly sessions: SessionService,
    private readonly rows: SourceRowService,
    private readonly merge: MergeService,
    private readonly letters: DeadLetterRepository,
  ) {}

  /**
   * `absent`: the ERP surely does not have it. `unable`: the adapter cannot look up. `mapping` is a version other than the
   * newest. Throws AdapterError.
   */
  async read(
    account: Account,
    entity: EntityName,
    externalId: string,
    mapping: number | null = null,
  ): Promise<"read" | "absent" | "unable"> {
    const { adapter } = await this.sessions.open(account);
    if (!adapter.entities[entity]?.lookup) return "unable";
    return (await this.readFor(account, entity, externalId, null, mapping)).length === 0 ? "absent" : "read";
  }

  /** Reads one row for a job; answers what became of it, nothing when the ERP surely does not have it. */
  async readFor(
    account: Account,
    entity: EntityName,
    externalId: string,
    jobId: string | null,
    mapping: number | null = null,
  ): Promise<RowState[]> {
    const { adapter, handle } = await this.sessions.open(account);
    const io = await this.rows.nextIo();
    const raws = (await adapter.entities[entity]?.lookup?.(handle, { externalId })) ?? [];
    if (raws.length === 0) return [];
    const shown = this.rows.inOurTime(account, entity, raws);
    const page = await this.rows.prepareWithNewest(account, entity, shown, mapping);
    const source = { account, entity, system: adapter.system, mapping: page.mapping, io, jobId };
    const states: RowState[] = [];
    for (const letter of page.letters) {
      await this.db.transaction(account.tenantId, (tx) => this.park(tx, source, letter));
      states.push(letter.kind === "REJECTED" ? "rejected" : "parked");
    }
    for (const row of page.rows) states.push(await this.mergeOne(source, row));
    return states;
  }

  private async mergeOne(source: Source, row: PreparedRow): Promise<RowState> {
    const { account, entity, mapping, io, jobId } = source;
    const record = JSON.parse(row.doc) as JsonObject;
    return this.db.transaction(account.tenantId, async (tx) => {
      await assertAdapter(tx, account.num, source.system);
      const { key, externalId, erpVersion, modifiedAt } = row;
      const when = modifiedAt === undefined ? {} : { modifiedAt };
      const read = { entity, key, externalId, erpVersion, record, mapping, io, jobId, ...when };
      const outcome = await this.merge.merge(tx, account, read);
      if (outcome.state !== "parked") {
        await this.letters.resolveSource(tx, account.num, entity, externalId, "a later read succeeded");
        return outcome.state;
      }
      const standing = { integration: account.num, entity: ENTITIES[entity].code, externalId, io, letterId: null };
      if (outcome.conflict && (await this.letters.conflictStands(tx, standing, outcome.conflict))) return "parked";
      const letter = {
        id: uuidv7(),
        kind: outcome.kind,
        reason: outcome.reason,
        key,
        externalId,
        erpVersion,
        waitingEntity: null,
        waitingId: null,
        problem: outcome.conflict?.problem ?? new ProblemError("CONFLICT", outcome.detail).problem,
        payload: outcome.conflict?.payload ?? this.rows.seal({ externalId, body: record } as Json),
      };
      await this.park(tx, source, letter);
      return "parked";
    });
  }

  /** Lists the row; what waits is looked at again by the sweep. */
  private async park(tx: Tx, { account, entity, io, jobId }: Source, letter: SourceLetter): Promise<void> {
    await this.letters.saveSource(tx, account.num, entity, letter, io, jobId);
    if (letter.kind !== "PARKED") return;
    const dueInMs = letter.reason === "IN_FLIGHT" ? IN_FLIGHT_MS : SWEEP_MS;
    await enqueue(tx, { kind: "release", id: String(account.num), dueInMs, priority: 4 });
  }
}
