import { AdapterError } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { Database, type Claim, type WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { AccountWaitsError } from "../calls/account-waits.error";
import { AdapterChangedError } from "../accounts/adapter-change";
import { DeadLetterRepository } from "../dead-letters/dead-letter.repository";
import { GoneRows } from "../pull/gone-rows";
import { ParkedService } from "../pull/parked.service";
import { SingleReader } from "../pull/single-reader";
import { entityOf } from "../pull/source-row.service";
import { WorkBell } from "../work-bell";

const TROUBLE_MS = 10_000;
const SWEEP_MS = 30_000;

/** The work row that reads one row of an ERP again. */
export function rereadWorkId(integration: number, entity: number, externalId: string): string {
  return `${integration}:${entity}:${externalId}`;
}

/** What is done with rows that are read one by one. */
@Injectable()
export class RowReading {
  constructor(
    readonly reader: SingleReader,
    readonly parked: ParkedService,
    readonly gone: GoneRows,
  ) {}
}

/** Reads single rows again, and releases parked rows whose parent has arrived. */
@Injectable()
export class RowWorker {
  constructor(
    private readonly db: Database,
    private readonly accounts: AccountService,
    private readonly reading: RowReading,
    private readonly letters: DeadLetterRepository,
    private readonly bell: WorkBell,
  ) {}

  async reread(claim: Claim): Promise<WorkResult> {
    const [num, code, ...rest] = claim.id.split(":");
    const account = await this.accounts.byNumber(claim.tenantId, Number(num));
    if (!account || account.deleted) return { done: true };
    const entity = entityOf(Number(code));
    const externalId = rest.join(":");
    try {
      if ((await this.reading.reader.read(account, entity, externalId)) === "absent")
        await this.absent(account, entity, externalId);
      // what has changed is to be told, and pushed to others
      this.bell.ring();
      return { done: true };
    } catch (error) {
      if (error instanceof AccountWaitsError) throw error;
      if (error instanceof AdapterError || error instanceof ProblemError || error instanceof AdapterChangedError)
        return { againInMs: TROUBLE_MS };
      throw error;
    }
  }

  /** Only what the ERP itself has said to be gone is deleted: a search that shows nothing is no more than that. */
  private async absent(account: Account, entity: EntityName, externalId: string): Promise<void> {
    const { gone } = this.reading;
    const stays = (await gone.isListed(account, entity, externalId))
      ? await gone.again(account, entity, externalId)
      : undefined;
    await this.db.transaction(account.tenantId, async (tx) => {
      if (stays) await this.letters.saveSource(tx, account.num, entity, stays, 0);
      else
        await this.letters.resolveSource(tx, account.num, entity, externalId, "the ERP does not have the row any more");
    });
  }

  /** Event-driven after each job and push; while rows wait it also sweeps. */
  async release(claim: Claim): Promise<WorkResult> {
    const account = await this.accounts.byNumber(claim.tenantId, Number(claim.id));
    if (!account || account.deleted) return { done: true };
    await this.reading.parked.release(account);
    const waiting = await this.db.transaction(account.tenantId, async (tx) => {
      await this.letters.readAgain(tx, account.num);
      return this.letters.countWaiting(tx, account.num);
    });
    return waiting > 0 ? { againInMs: SWEEP_MS } : { done: true };
  }
}
