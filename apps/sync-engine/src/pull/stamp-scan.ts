import { AdapterError, RETRY_TABLE, type Stamp } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { backoff, type Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { SessionService, type Session } from "../accounts/session.service";
import { AccountWaitsError } from "../calls/account-waits.error";
import { CLOCK } from "../tokens";
import { isStorableId } from "./page";
import type { PullRun } from "./pull.service";
import { RunRepository, type RowState, type StampPage } from "./run.repository";
import { SingleReader } from "./single-reader";

const PAGE = 1_000;
/** More rows than these are not read one by one: a full run reads them by the page. */
export const SINGLES = 1_000;

/**
 * Lists (id, stamp) of every row of an ERP and reads what differs from its link: what an incremental run missed because it
 * was committed late, behind the watermark. A listing that is taken up again begins anew: it only compares.
 */
@Injectable()
export class StampScan {
  constructor(
    private readonly sessions: SessionService,
    private readonly runs: RunRepository,
    private readonly reader: SingleReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Reads what differs; more than that is left to a full run, which `queueFull` queues as the listing is noted as done.
   * Throws ProblemError when the ERP fails too often.
   */
  async run(run: PullRun, queueFull: (tx: Tx) => Promise<unknown>): Promise<void> {
    if (run.job.all_read) return;
    const left = await this.sessions.gate.inLane("compare", () => this.listWithRetries(run));
    // not before the last row was read: until then a worker that takes the run up has to list anew
    await this.runs.scanned(run, async (tx) => left > 0 && (await queueFull(tx)));
  }

  /** Answers how many rows differed and were not read. */
  private async listWithRetries(run: PullRun): Promise<number> {
    for (let failures = 1; ; failures++) {
      let session: Session | undefined;
      try {
        session = await this.sessions.open(run.account);
        return await this.list(run, session);
      } catch (error) {
        if (!(error instanceof AdapterError) || error instanceof AccountWaitsError || run.signal.aborted) throw error;
        this.sessions.failed(run.account, session, error);
        if (failures >= RETRY_TABLE[error.category].calls)
          throw new ProblemError("UNAVAILABLE", error.message, { cause: error });
        const wait = backoff(failures, { baseMs: 500, maxMs: 30_000, jitter: 0.5, random: Math.random });
        await this.clock.sleep(error.retryAfterMs ?? wait, run.signal);
      }
    }
  }

  private async list(run: PullRun, { adapter, handle }: Session): Promise<number> {
    const stamps = adapter.entities[run.entity]?.stamps;
    if (!stamps) throw new ProblemError("ERP008", `${adapter.system} cannot list stamps of ${run.entity}`);
    const first = (await this.runs.beginScan(run)) + 1;
    let singles = 0;
    let left = 0;
    for await (const page of pagesOf(stamps(handle, null), first)) {
      run.signal.throwIfAborted();
      const { differing, status, counts } = await this.runs.scan(run, page);
      const read = differing.slice(0, SINGLES - singles);
      singles += read.length;
      left += differing.length - read.length;
      await this.runs.count(run, await this.read(run, read));
      await run.onPage({ leftOver: 0, status, counts });
    }
    return left;
  }

  private async read(run: PullRun, externalIds: readonly string[]): Promise<RowState[]> {
    const states: RowState[] = [];
    for (const externalId of externalIds) {
      run.signal.throwIfAborted();
      states.push(...(await this.reader.readFor(run.account, run.entity, externalId, run.job.id)));
    }
    return states;
  }
}

/** The stamps by the page; the last one may be empty. Ids that nothing can be linked by are left out. */
async function* pagesOf(stamps: AsyncIterable<Stamp>, first: number): AsyncGenerator<StampPage> {
  const empty = () => ({ externalIds: [] as string[], versions: [] as string[] });
  let page = first;
  let next = empty();
  for await (const { externalId, version } of stamps) {
    if (!isStorableId(externalId)) continue;
    if (next.externalIds.length === PAGE) {
      yield { page: page++, ...next };
      next = empty();
    }
    next.externalIds.push(externalId);
    // a version that cannot be kept is never that of the link, which has none
    next.versions.push(/[\n\r\0]/.test(version) ? "" : version);
  }
  yield { page, ...next };
}
