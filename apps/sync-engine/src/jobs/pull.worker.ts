import { ENTITIES, ENTITY_NAMES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import { Database, type Claim, type WorkResult } from "@dovetail/database";
import { withLogContext } from "@dovetail/service-kit";
import { Injectable } from "@nestjs/common";
import { syncsAtOnce, type Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { AccountWaitsError } from "../calls/account-waits.error";
import type { MergedPage } from "../pull/page.repository";
import { PullRuns } from "../pull/pull-runs.service";
import { entityOf } from "../pull/source-row.service";
import { ApprovalNeededError } from "../pull/unseen-rows";
import { afterTurn, type JobRow } from "./job";
import { JobRepository } from "./job.repository";
import { JobEnds, type JobTurn } from "./job-ends";
import { CancelledError, endOf } from "./turn-end";

const PARENT_WAIT_MS = 300;
const ROOM_WAIT_MS = 500;

/** Runs the pulls of one (integration, entity) one after the other. */
@Injectable()
export class PullWorker {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobRepository,
    private readonly pulls: PullRuns,
    private readonly ends: JobEnds,
    private readonly accounts: AccountService,
  ) {}

  async handle(claim: Claim, signal: AbortSignal): Promise<WorkResult> {
    const [num, code] = claim.id.split(":").map(Number) as [number, number];
    const account = await this.accounts.byNumber(claim.tenantId, num);
    const entity = entityOf(code);
    if (!account) return { done: true };
    if (account.deleted) return this.giveUp(account, code);
    if (await this.waitsForParents(account, entity)) return { againInMs: PARENT_WAIT_MS };
    const version = account.mappings[code] ?? null;
    const job = await this.db.transaction(claim.tenantId, async (tx) => {
      if (!(await this.jobs.hasRoom(tx, num, code, syncsAtOnce(account)))) return "later";
      const taken = await this.jobs.take(tx, num, code, version);
      if (taken?.attempts !== 1) return taken;
      const notes = !taken.dry_run && this.pulls.notesSeen(account, entity, taken.mode);
      // a scan of what lists no stamps is a full run
      if (taken.mode === "full" || (taken.mode === "scan" && !notes)) await this.jobs.rewind(tx, taken);
      await this.ends.started(tx, account, entity, taken);
      return notes ? this.jobs.noteSeen(tx, taken) : taken;
    });
    if (job === "later") return { againInMs: ROOM_WAIT_MS };
    if (!job) return { done: true };
    return withLogContext({ tenant: account.tenant, integration: account.name, job: job.id }, () =>
      this.run({ claim, account, entity, job }, signal),
    );
  }

  /** The integration is gone: nothing of it stays queued. */
  private async giveUp(account: Account, code: number): Promise<WorkResult> {
    await this.db.transaction(account.tenantId, (tx) => this.jobs.cancelOpen(tx, account.num, code));
    return { done: true };
  }

  private async run(turn: JobTurn, signal: AbortSignal): Promise<WorkResult> {
    const { account, entity, job } = turn;
    try {
      await this.ends.progress(account, job);
      await this.pulls.run({ account, entity, job, signal, onPage: (merged) => this.onPage(account, job, merged) });
      await this.ends.completed(turn);
    } catch (error) {
      if (error instanceof AccountWaitsError) throw error;
      const end = signal.aborted ? "passing" : endOf(error);
      const next = afterTurn(end, job.attempts);
      if (end === "surprise" && next.do === "again") this.ends.surprised(error);
      if (next.do === "again") return { againInMs: next.ms };
      if (error instanceof ApprovalNeededError) await this.ends.stopped(turn, error);
      else if (next.do === "fail") await this.ends.failed(turn, error);
    }
    // a request that came while this job ran has queued another
    return { againInMs: 0 };
  }

  /** A first load waits for the first loads of what it refers to: otherwise every row of it would be parked. */
  private async waitsForParents(account: Account, entity: EntityName): Promise<boolean> {
    // only those earlier in the order of entities: two that refer to each other must not wait for each other
    const order = ENTITY_NAMES.indexOf(entity);
    const parents = [...referencesOf(ENTITIES[entity].fields)].filter((parent) => ENTITY_NAMES.indexOf(parent) < order);
    if (parents.length === 0) return false;
    const codes = parents.map((parent) => ENTITIES[parent].code);
    return (await this.db.readOnly(account.tenantId, (tx) => this.jobs.openFor(tx, account.num, codes))) > 0;
  }

  private async onPage(account: Account, job: JobRow, { status, counts }: MergedPage): Promise<void> {
    if (status !== "running") throw new CancelledError();
    const now = await this.accounts.byNumber(account.tenantId, account.num);
    if (now?.document.status === "PAUSED") throw new AccountWaitsError("stopped", ROOM_WAIT_MS);
    await this.ends.progress(account, { ...job, ...counts });
  }
}

/** Every entity that the fields refer to, lines included. */
function referencesOf(fields: readonly FieldDefinition[], into = new Set<EntityName>()): Set<EntityName> {
  for (const field of fields) {
    if (field.references) into.add(field.references);
    if (field.fields) referencesOf(field.fields, into);
  }
  return into;
}
