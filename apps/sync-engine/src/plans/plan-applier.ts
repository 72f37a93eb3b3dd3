import { isDeepStrictEqual } from "node:util";
import { ENTITIES } from "@dovetail/domain";
import { assertHeld, Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { assertAdapter } from "../accounts/adapter-change";
import type { JobRow } from "../jobs/job";
import type { JobTurn } from "../jobs/job-ends";
import { CancelledError } from "../jobs/turn-end";
import { ExternalIdTakenError, PageRepository, RecordCameUpError, type CursorRow } from "../pull/page.repository";
import type { ItemRow, OnProgress, PlanRow, PlanSlice } from "./plan";
import { PlanPageRepository } from "./plan-page.repository";
import { PlanRepository } from "./plan.repository";
import { SliceParts } from "./slice-parts";
import type { LeftOut } from "./slice-turn";

/** How often a slice is begun anew because something came between its check and its writing. */
const RACES = 5;

/** What is known of the slice before its transaction. */
interface Ahead {
  slice: PlanSlice;
  items: readonly ItemRow[];
  out: LeftOut;
}

/** Applies an approved plan slice by slice, each in one transaction; after a crash it goes on behind the last one. */
@Injectable()
export class PlanApplier {
  constructor(
    private readonly db: Database,
    private readonly plans: PlanRepository,
    private readonly applying: PlanPageRepository,
    private readonly pages: PageRepository,
    private readonly parts: SliceParts,
  ) {}

  async apply(turn: JobTurn, signal: AbortSignal, onProgress: OnProgress): Promise<void> {
    const { account, entity } = turn;
    // ends whoever may still read: from here on only this worker moves the cursor
    const cursor = await this.pages.openCursor(account.tenantId, account.num, ENTITIES[entity].code);
    for (;;) {
      signal.throwIfAborted();
      const ahead = await this.ahead(turn);
      if (!ahead) return;
      const { job, plan } = await this.commit(turn, cursor, ahead);
      if (job.status !== "running") throw new CancelledError();
      if (ahead.slice.part === "pull") cursor.page = plan.cursor_page;
      await onProgress(job);
    }
  }

  /** The next slice; undefined when all are applied. */
  private async ahead(turn: JobTurn): Promise<Ahead | undefined> {
    const found = await this.db.readOnly(turn.account.tenantId, (tx) => this.plans.nextSlice(tx, turn.job.id));
    return found && { ...found, out: await this.parts.prepare(turn, found.slice, found.items) };
  }

  private async commit(turn: JobTurn, cursor: CursorRow, ahead: Ahead): Promise<{ job: JobRow; plan: PlanRow }> {
    for (let race = 1; ; race++) {
      try {
        return await this.db.transaction(turn.account.tenantId, (tx) => this.slice(tx, turn, cursor, ahead));
      } catch (error) {
        if (race === RACES) throw error;
        if (error instanceof ExternalIdTakenError) await this.leaveTakenOut(turn, ahead);
        else if (!(error instanceof RecordCameUpError)) throw error;
      }
    }
  }

  /** First the records are locked, then it is checked what the items assume: what holds then holds to the end. */
  private async slice(tx: Tx, turn: JobTurn, cursor: CursorRow, ahead: Ahead): Promise<{ job: JobRow; plan: PlanRow }> {
    const { account, entity, job, claim } = turn;
    const { slice, items } = ahead;
    await assertHeld(tx, claim);
    await assertAdapter(tx, account.num, account.document.adapter.system);
    const before = await this.plans.lock(tx, job.id);
    if (before?.applied !== slice.page - 1) throw new CancelledError();
    await this.applying.lock(
      tx,
      entity,
      items.flatMap(({ key }) => key ?? []),
    );
    const out: LeftOut = new Map(ahead.out);
    for (const each of await this.plans.stale(tx, job, slice.page, items.length))
      out.set(each.n, overtaken(each.planned, each.found));
    const stands = before.cursor_page === cursor.page && isDeepStrictEqual(before.cursor, cursor.value);
    const moved = slice.part === "pull" && !stands;
    const plan = { ...before, keeps_cursor: before.keeps_cursor || moved || out.size > 0 };
    const rest = items.filter(({ n }) => !out.has(n));
    const refused = await this.parts.apply(tx, { ...turn, plan, slice, cursor }, rest);
    for (const [n, why] of refused) out.set(n, why);
    await this.applying.leaveOut(
      tx,
      job.id,
      items.filter(({ n }) => out.has(n)),
      ({ n }) => out.get(n) ?? "",
    );
    const cursorPage = slice.part === "pull" ? cursor.page + 1 : before.cursor_page;
    const after = { ...plan, applied: slice.page, cursor_page: cursorPage };
    await this.applying.sliceApplied(tx, job.id, after);
    const now = await this.plans.job(tx, job.id);
    if (!now) throw new CancelledError();
    return { job: now, plan: after };
  }

  /** External ids of the slice that stand for other keys by now. */
  private async leaveTakenOut({ account, entity }: JobTurn, { items, out }: Ahead): Promise<void> {
    const ids = items.flatMap(({ external_id }) => external_id ?? []);
    const keys = await this.pages.keysOf(account.tenantId, account.num, ENTITIES[entity].code, ids);
    for (const { n, key, external_id } of items) {
      const linked = keys.get(external_id ?? "");
      if (linked !== undefined && linked !== key) out.set(n, `${external_id} is linked to ${linked} by now`);
    }
  }
}

function overtaken(planned: number, found: number): string {
  return planned === found
    ? "the ERP has shown it, or got it pushed, since it was planned"
    : `it was planned on version ${planned} and has version ${found}`;
}
