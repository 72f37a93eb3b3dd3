import { ENTITIES, type EntityName, type Json } from "@dovetail/domain";
import type { AdapterError, Page, Raw } from "@dovetail/adapter-sdk";
import { backoff, type Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { CLOCK } from "../tokens";
import type { ReadMoment } from "./erp-clocks";
import { GoneRows } from "./gone-rows";
import { parked, type PreparedPage } from "./page";
import { PageRepository } from "./page.repository";
import { ParkedService } from "./parked.service";
import { SourceRowService } from "./source-row.service";
import { withoutTaken } from "./taken-rows";

/** A page with the I/O number of its read. */
export interface NumberedPage {
  io: number;
  /** Let go as soon as they are prepared: what lives while a page commits is what a large pull holds in memory. */
  rows: readonly Raw[];
  moment: ReadMoment;
  /** External ids that the ERP says are gone. */
  gone: readonly string[];
  cursor: Json;
  last: boolean;
}

/** The parts of a pull that wait, look up or clean up. */
@Injectable()
export class PullSteps {
  constructor(
    private readonly pages: PageRepository,
    private readonly parkedRows: ParkedService,
    private readonly rows: SourceRowService,
    private readonly goneRows: GoneRows,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Reads one page; its I/O number is drawn before the request leaves. */
  async read(source: AsyncIterator<Page>): Promise<NumberedPage | undefined> {
    const io = await this.pages.nextIo();
    const askedAt = this.clock.now();
    const result = await source.next();
    if (result.done) return undefined;
    const { rows, deleted, cursor, last, serverNow } = result.value;
    return { io, rows, moment: { askedAt, serverNow }, gone: deleted ?? [], cursor, last };
  }

  /** Deletes what is gone; what stays becomes a letter of the page. */
  async takeGone(
    account: Account,
    entity: EntityName,
    page: PreparedPage,
    { gone, io }: NumberedPage,
    jobId: string,
  ): Promise<PreparedPage> {
    if (gone.length === 0) return page;
    // a row beside its deletion: the row says more
    const told = new Set([...page.rows, ...page.letters].map(({ externalId }) => externalId));
    const ids = [...new Set(gone)].filter((id) => !told.has(id));
    const letters = await this.goneRows.take({ account, entity, ids, io, jobId });
    return { ...page, letters: [...page.letters, ...letters] };
  }

  async mergeLeftOvers(account: Account, entity: EntityName): Promise<void> {
    await this.parkedRows.mergeLeftOvers(account, entity);
  }

  /** Parks the rows whose external id is linked to another key (KEY_CHANGED); a person decides. */
  async leaveTakenOut(
    account: Account,
    entity: EntityName,
    prepared: PreparedPage,
    raws: readonly Raw[],
  ): Promise<PreparedPage> {
    const ids = prepared.rows.map((row) => row.externalId);
    const linked = await this.pages.keysOf(account.tenantId, account.num, ENTITIES[entity].code, ids);
    const byId = new Map(raws.map((raw) => [raw.externalId, raw]));
    return withoutTaken(prepared, linked, (row) =>
      parked(byId.get(row.externalId) as Raw, "KEY_CHANGED", null, (payload) => this.rows.seal(payload), row.key),
    );
  }

  async pause(error: AdapterError, failures: number, signal: AbortSignal): Promise<void> {
    const wait =
      error.retryAfterMs ?? backoff(failures, { baseMs: 500, maxMs: 30_000, jitter: 0.5, random: Math.random });
    await this.clock.sleep(Math.min(wait, 10 * 60_000), signal);
  }
}
