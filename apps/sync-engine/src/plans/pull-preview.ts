import { ENTITIES, uuidv7, type EntityName, type JsonObject } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { JobTurn } from "../jobs/job-ends";
import { countsOf } from "../jobs/job-view";
import { GoneRows, type ForeseenGone } from "../pull/gone-rows";
import type { MergeOutcome } from "../pull/merge.service";
import { goneLetter, type Letter, type PreparedRow } from "../pull/page";
import type { PageCall } from "../pull/page-call";
import { CursorMovedError, RecordCameUpError, type CursorRow, type MergedPage } from "../pull/page.repository";
import type { PlannedPages } from "../pull/pull.service";
import { PageMerging } from "./page-merging";
import { assumedOf, changesOf, operationOf, type NewItem, type RecordState } from "./plan";
import { PlanPageRepository } from "./plan-page.repository";
import { PlanRepository } from "./plan.repository";

/** How often a page is tried while single changes bring up its new records at the same moment. */
const RACES = 5;

/** What a trial of a page showed. */
interface Tried {
  before: ReadonlyMap<string, RecordState>;
  after: ReadonlyMap<string, RecordState>;
  /** Undefined: all. */
  differing: ReadonlySet<string> | undefined;
  leftOvers: ReadonlyMap<string, MergeOutcome>;
}

/**
 * Takes the pages of a run into a plan. Each is merged by the very functions of a run, in a transaction whose writes are
 * undone before the page's part of the plan is stored: what is planned is what a run would do at this moment.
 */
@Injectable()
export class PullPreview {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly trials: PlanPageRepository,
    private readonly merging: PageMerging,
    private readonly gone: GoneRows,
  ) {}

  pagesOf(turn: JobTurn): PlannedPages {
    return { begin: () => this.begin(turn), take: (call, gone) => this.take(turn, call, gone) };
  }

  private async begin({ account, job }: JobTurn): Promise<CursorRow> {
    const plan = await this.db.transaction(account.tenantId, (tx) => this.plans.lock(tx, job.id));
    if (!plan) throw new CursorMovedError();
    return { page: plan.page, epoch: 0, value: plan.mark, baseline: plan.baseline };
  }

  private async take(turn: JobTurn, call: PageCall, gone: readonly string[]): Promise<MergedPage> {
    const { account, entity } = turn;
    // a row beside its deletion: the row says more
    const told = new Set([...call.rows, ...call.letters].map(({ externalId }) => externalId));
    const ids = [...new Set(gone)].filter((id) => !told.has(id));
    const foreseen =
      ids.length === 0 ? [] : await this.gone.foresee({ account, entity, ids, io: call.io, jobId: null });
    for (let race = 1; ; race++) {
      try {
        return await this.db.transaction(account.tenantId, (tx) => this.store(tx, turn, call, foreseen));
      } catch (error) {
        if (!(error instanceof RecordCameUpError) || race === RACES) throw error;
      }
    }
  }

  private async store(tx: Tx, turn: JobTurn, call: PageCall, gone: readonly ForeseenGone[]): Promise<MergedPage> {
    const { entity, account, job, claim } = turn;
    await assertHeld(tx, claim);
    const plan = await this.plans.lock(tx, job.id);
    if (plan?.page !== call.page - 1) throw new CursorMovedError();
    const tried = await this.try(tx, turn, call);
    const pushed = await this.trials.pushed(
      tx,
      job.id,
      call.rows.map(({ key }) => key),
    );
    const items = [
      ...call.rows.map((row) => itemOf(entity, account.num, row, tried, pushed)),
      ...call.letters.map((letter) => letterItem(account.num, letter)),
      ...(await this.goneItems(tx, turn, gone)),
    ];
    const { page, io, repeats, last } = call;
    await this.plans.addSlice(tx, job.id, { page, part: "pull", io, repeats, last }, call.cursor, items);
    if (last) await this.plans.readTo(tx, job.id, call.cursor);
    await this.trials.count(tx, job.id, tally(items, repeats));
    const row = await this.plans.job(tx, job.id);
    if (!row) throw new CursorMovedError();
    return { leftOver: 0, status: row.status, counts: countsOf(row) };
  }

  private async try(tx: Tx, { account, entity }: JobTurn, call: PageCall): Promise<Tried> {
    const keys = call.rows.map(({ key }) => key);
    await this.trials.begin(tx);
    await this.trials.lock(tx, entity, keys);
    const before = await this.trials.states(tx, entity, account.num, keys);
    await this.trials.placeCursor(tx, call);
    const { differing, leftOvers } = await this.merging.merge(tx, account, entity, call, null);
    const after = await this.trials.states(tx, entity, account.num, differing ? [...differing] : keys);
    await this.trials.undo(tx);
    return { before, after, differing, leftOvers };
  }

  /** Deletions that were confirmed by a read, and rows that stay with the reason. */
  async goneItems(tx: Tx, { account, entity }: JobTurn, gone: readonly ForeseenGone[]): Promise<NewItem[]> {
    if (gone.length === 0) return [];
    const states = await this.trials.states(
      tx,
      entity,
      account.num,
      gone.map(({ key }) => key),
    );
    return gone.map(({ id, key, why }) => {
      const state = states.get(key);
      if (why !== null || !state) return letterItem(account.num, goneLetter(id, key, why ?? "it is not here"));
      const changes = changesOf(entity, state.doc, null);
      const assumed = assumedOf(state);
      return { integration: account.num, key, externalId: id, operation: "delete", changes, assumed };
    });
  }
}

function itemOf(
  entity: EntityName,
  integration: number,
  row: PreparedRow,
  tried: Tried,
  pushed: ReadonlySet<string>,
): NewItem {
  const { key, externalId, erpVersion, modifiedAt = null, doc, hash } = row;
  const about = { integration, key, externalId };
  if (tried.differing && !tried.differing.has(key)) return { ...about, operation: "skip" };
  if (pushed.has(key)) return letterItem(integration, afterPush(entity, key, externalId));
  const before = tried.before.get(key);
  const after = tried.after.get(key);
  const written = { ...about, doc, hash, erpVersion, modifiedAt, assumed: before ? assumedOf(before) : null };
  const outcome = tried.leftOvers.get(key);
  if (outcome?.state === "parked") {
    const read = JSON.parse(doc) as JsonObject;
    const problem = new ProblemError("CONFLICT", outcome.detail).problem;
    const changes = outcome.kind === "CONFLICT" ? changesOf(entity, before?.doc ?? null, read) : [];
    // a push under way ends: what is parked for it is read again in any case
    const assumed = outcome.reason === "IN_FLIGHT" ? null : written.assumed;
    return { ...written, operation: "park", reason: outcome.reason, problem, changes, assumed };
  }
  const operation = operationOf(before, after);
  const present = before && !before.deleted ? before.doc : null;
  const changes = operation === "skip" ? [] : changesOf(entity, present, after?.doc ?? null);
  return { ...written, operation, changes };
}

function letterItem(integration: number, letter: Letter): NewItem {
  const { key, externalId, reason, problem } = letter;
  const operation = letter.kind === "REJECTED" ? "reject" : "park";
  return { integration, key, externalId, operation, reason, problem, letter };
}

/** The plan pushes the record first: its row was read before that, and is read again. */
function afterPush(entity: EntityName, key: string, externalId: string): Letter {
  const detail = `${ENTITIES[entity].name} ${key} is pushed first; its row is read again afterwards`;
  const problem = new ProblemError("CONFLICT", detail).problem;
  const about = { key, externalId, erpVersion: null, waitingEntity: null, waitingId: null };
  return { id: uuidv7(), kind: "PARKED", reason: "IN_FLIGHT", ...about, problem, payload: {} };
}

function tally(items: readonly NewItem[], repeats: number): Parameters<PlanPageRepository["count"]>[2] {
  const n = (...operations: NewItem["operation"][]) =>
    items.filter((item) => operations.includes(item.operation)).length;
  return {
    created: n("create"),
    updated: n("update"),
    unchanged: n("skip") + repeats,
    rejected: n("reject"),
    parked: n("park", "hold"),
    deleted: n("delete"),
  };
}
