import { ENTITIES, type EntityName, type Json } from "@dovetail/domain";
import { AdapterError } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { Injectable } from "@nestjs/common";
import { entitySettings, followsNewest, ownedPrefix, pageSizeOf, sourceOf, type Account } from "../accounts/account";
import { AccountService, type VersionedMapping } from "../accounts/account.service";
import { SessionService, type Session } from "../accounts/session.service";
import { AccountWaitsError } from "../calls/account-waits.error";
import { afterPullFailure, type JobRow } from "../jobs/job";
import type { PreparedPage, ResolveKeys } from "./page";
import type { PageCall } from "./page-call";
import { ExternalIdTakenError, PageRepository, type CursorRow, type MergedPage } from "./page.repository";
import { PullSteps, type NumberedPage } from "./pull-steps";
import { SourceRowService } from "./source-row.service";

/** What a run needs beside its row. */
export interface PullRun {
  account: Account;
  entity: EntityName;
  job: JobRow;
  signal: AbortSignal;
  /** Told after every page how the job stands; throws to stop. */
  onPage(merged: MergedPage): Promise<void>;
  /** Given: nothing is changed, pages become parts of a plan. */
  plan?: PlannedPages;
}

/** Takes the pages of a run that is only planned. */
export interface PlannedPages {
  /** Where the run begins, or goes on after a crash. */
  begin(): Promise<CursorRow>;
  /** Throws ExternalIdTakenError, as the merge does. */
  take(call: PageCall, gone: readonly string[]): Promise<MergedPage>;
}

interface Context extends PullRun {
  mapping: VersionedMapping;
  resolve: ResolveKeys;
  prefix: string | null;
  targets: number[];
  cursor: CursorRow;
  /** A page met a taken external id: source rows are kept until their page is merged, for the letters. */
  keepsRows: boolean;
  /** Through which the last call went. */
  session?: Session;
}

const CURSOR_FORMAT = 1;

/** Runs one pull from its stored cursor to the last page. */
@Injectable()
export class PullService {
  constructor(
    private readonly accounts: AccountService,
    private readonly sessions: SessionService,
    private readonly pages: PageRepository,
    private readonly rows: SourceRowService,
    private readonly steps: PullSteps,
  ) {}

  /** Ends when the last page is merged; throws ProblemError, or CursorMovedError when another worker took over. */
  async run(run: PullRun): Promise<void> {
    const settings = entitySettings(run.account, run.entity);
    if (!settings) throw new ProblemError("ERP008", `${run.account.name} does not carry ${run.entity}`);
    const { tenantId, num, document } = run.account;
    if (run.job.all_read) return this.steps.mergeLeftOvers(run.account, run.entity);
    const context: Context = {
      ...run,
      mapping: await this.accounts.mapping(run.account, run.entity),
      resolve: this.rows.resolver(run.account),
      prefix: ownedPrefix(settings),
      targets: await this.accounts.targets(tenantId, run.entity, num),
      cursor:
        (await run.plan?.begin()) ??
        (await this.pages.openCursor(tenantId, num, ENTITIES[run.entity].code, document.adapter.system)),
      keepsRows: false,
    };
    if (!run.plan) await this.steps.mergeLeftOvers(context.account, context.entity);
    const lane = context.cursor.baseline && run.job.mode === "incremental" ? "incremental" : "full";
    await this.sessions.gate.inLane(lane, () => this.pullWithRetries(context));
  }

  /** Failures of the ERP restart the read at the stored cursor, as often in a row as the category allows. */
  private async pullWithRetries(context: Context): Promise<void> {
    for (let failures = 0; ;) {
      const before = context.cursor.page;
      try {
        return await this.pullOnce(context);
      } catch (error) {
        if (error instanceof ExternalIdTakenError && !context.keepsRows) {
          // seldom enough to read the page once more
          context.keepsRows = true;
          continue;
        }
        if (!(error instanceof AdapterError) || error instanceof AccountWaitsError || context.signal.aborted)
          throw error;
        const next = afterPullFailure(error.category, failures, context.cursor.page > before);
        failures = next.failures;
        this.sessions.failed(context.account, context.session, error);
        if (!next.again) throw problemOf(error);
        await this.steps.pause(error, failures, context.signal);
      }
    }
  }

  private async pullOnce(context: Context): Promise<void> {
    const { account, entity, signal, job } = context;
    delete context.session;
    const session = (context.session = await this.sessions.open(account));
    const port = session.adapter.entities[entity];
    if (!port?.pull) throw new ProblemError("ERP008", `${session.adapter.system} cannot pull ${entity}`);
    const settings = entitySettings(account, entity);
    const system = `${session.adapter.system}@${session.adapter.version}`;
    const source = port
      .pull(session.handle, {
        // a first load is a full one, whatever was asked for
        mode: context.cursor.baseline && job.mode === "incremental" ? "incremental" : "full",
        cursor: readCursor(context.cursor.value, system, entity),
        pageSize: pageSizeOf(account, entity),
        lookbackSeconds: settings?.lookbackSeconds ?? 300,
      })
      [Symbol.asyncIterator]();
    // one page is read and one is prepared while the one before commits
    let merging: Promise<void> = Promise.resolve();
    let reading = this.steps.read(source);
    try {
      for (;;) {
        const next = await reading;
        if (!next)
          throw new AdapterError("the ERP ended without a last page", {
            category: "TRANSIENT",
            code: "ERP001",
            sent: "no",
          });
        signal.throwIfAborted();
        if (!next.last) reading = this.steps.read(source);
        const shown = this.rows.inOurTime(account, entity, next.rows, next.moment);
        const prepared = await this.rows.prepare(entity, shown, context.mapping, context.resolve);
        if (!context.keepsRows) next.rows = [];
        await merging;
        merging = this.merge(context, next, prepared, envelope(system, entity, next.cursor));
        // a rejection is met by the next await; this only keeps it from being "unhandled" until then
        merging.catch(() => undefined);
        if (next.last) return await merging;
      }
    } catch (error) {
      await merging.catch(() => undefined);
      throw error;
    } finally {
      reading.catch(() => undefined);
      void source.return?.(undefined)?.catch(() => undefined);
    }
  }

  private async merge(context: Context, page: NumberedPage, withoutGone: PreparedPage, cursor: Json): Promise<void> {
    const { account, entity, job, mapping } = context;
    const { io, rows, last } = page;
    const prepared = context.plan ? withoutGone : await this.steps.takeGone(account, entity, withoutGone, page, job.id);
    const call: PageCall = {
      tenantId: account.tenantId,
      tenant: account.tenant,
      integration: account.num,
      source: sourceOf(account),
      entity: ENTITIES[entity].code,
      jobId: job.id,
      epoch: context.cursor.epoch,
      page: context.cursor.page + 1,
      io,
      mapping: mapping.version,
      prefix: context.prefix,
      cursor,
      last,
      baseline: !context.cursor.baseline,
      repeats: prepared.repeats,
      newest: followsNewest(account, entity),
      targets: context.targets,
      rows: prepared.rows,
      letters: prepared.letters,
    };
    const apply = (each: PageCall) => context.plan?.take(each, page.gone) ?? this.pages.apply(each);
    let merged: MergedPage;
    try {
      merged = await apply(call);
    } catch (error) {
      if (!(error instanceof ExternalIdTakenError) || !context.keepsRows) throw error;
      const rest = await this.steps.leaveTakenOut(account, entity, prepared, rows);
      merged = await apply({ ...call, rows: rest.rows, letters: rest.letters });
    }
    context.cursor = { ...context.cursor, page: call.page, value: cursor };
    if (merged.leftOver > 0) await this.steps.mergeLeftOvers(account, entity);
    await context.onPage(merged);
  }
}

function problemOf(error: AdapterError): ProblemError {
  return new ProblemError(error.code, error.message, { cause: error });
}

/** A cursor is stored with the adapter and entity that it belongs to. */
function envelope(system: string, entity: EntityName, value: Json): Json {
  return { v: CURSOR_FORMAT, adapter: system, entity, value };
}

function readCursor(stored: Json | null, system: string, entity: EntityName): Json | null {
  if (stored === null) return null;
  const cursor = stored as { v?: number; adapter?: string; entity?: string; value?: Json };
  if (cursor.v !== CURSOR_FORMAT || cursor.adapter !== system || cursor.entity !== entity)
    throw new ProblemError(
      "STALE",
      `the stored cursor belongs to ${cursor.adapter ?? "nothing known"}, not to ${system}`,
      {
        resolution: "Run a full sync of the entity.",
        current: stored,
      },
    );
  return cursor.value ?? null;
}
