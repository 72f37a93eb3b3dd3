import { uuidv7, type EntityName, type Json, type JsonObject } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import { Database, enqueue, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { assertAdapter } from "../accounts/adapter-change";
import { SessionService } from "../accounts/session.service";
import { DeadLetterRepository, type SourceLetter } from "../dead-letters/dead-letter.repository";
import { MergeService } from "./merge.service";
import type { PreparedRow } from "./page";
import { SourceRowService } from "./source-row.service";

const IN_FLIGHT_MS = 2_000;
const SWEEP_MS = 30_000;

/** Where a row was read, and through which adapter. */
interface Source {
  account: Account;
  entity: EntityName;
  system: string;
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

  /** `absent`: the ERP surely does not have it. `unable`: the adapter cannot look up. Throws AdapterError. */
  async read(account: Account, entity: EntityName, externalId: string): Promise<"read" | "absent" | "unable"> {
    const session = await this.sessions.open(account);
    const lookup = session.adapter.entities[entity]?.lookup;
    if (!lookup) return "unable";
    const io = await this.rows.nextIo();
    const raws = await lookup(session.handle, { externalId });
    if (raws.length === 0) return "absent";
    const page = await this.rows.prepareWithNewest(account, entity, raws);
    for (const letter of page.letters)
      await this.db.transaction(account.tenantId, (tx) => this.park(tx, account, entity, letter, io));
    const { system } = session.adapter;
    for (const row of page.rows) await this.mergeOne({ account, entity, system }, row, page.mapping, io);
    return "read";
  }

  private async mergeOne(
    { account, entity, system }: Source,
    row: PreparedRow,
    mapping: number,
    io: number,
  ): Promise<void> {
    const record = JSON.parse(row.doc) as JsonObject;
    await this.db.transaction(account.tenantId, async (tx) => {
      await assertAdapter(tx, account.num, system);
      const read = {
        entity,
        key: row.key,
        externalId: row.externalId,
        erpVersion: row.erpVersion,
        record,
        mapping,
        io,
        jobId: null,
      };
      const outcome = await this.merge.merge(tx, account, read);
      if (outcome.state !== "parked")
        return this.letters.resolveSource(tx, account.num, entity, row.externalId, "a later read succeeded");
      const letter = {
        id: uuidv7(),
        kind: outcome.kind,
        reason: outcome.reason,
        key: row.key,
        externalId: row.externalId,
        waitingEntity: null,
        waitingId: null,
        problem: new ProblemError("CONFLICT", outcome.detail).problem,
        payload: this.rows.seal({ externalId: row.externalId, body: record } as Json),
      };
      return this.park(tx, account, entity, letter, io);
    });
  }

  /** Lists the row; what waits is looked at again by the sweep. */
  private async park(tx: Tx, account: Account, entity: EntityName, letter: SourceLetter, io: number): Promise<void> {
    await this.letters.saveSource(tx, account.num, entity, letter, io);
    if (letter.kind !== "PARKED") return;
    const dueInMs = letter.reason === "IN_FLIGHT" ? IN_FLIGHT_MS : SWEEP_MS;
    await enqueue(tx, { kind: "release", id: String(account.num), dueInMs, priority: 4 });
  }
}
