import { ENTITIES, ENTITY_NAMES, type EntityName, type FieldDefinition } from "@dovetail/domain";
import { ProblemError } from "@dovetail/contracts";
import {
  CommitUnknownError,
  Database,
  DatabaseUnavailableError,
  type Claim,
  type WorkResult,
} from "@dovetail/database";
import { withLogContext } from "@dovetail/service-kit";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { CursorMovedError } from "../pull/page.repository";
import { PullService } from "../pull/pull.service";
import { entityOf } from "../pull/source-row.service";
import type { JobRow } from "./job";
import { JobRepository } from "./job.repository";
import { JobEnds } from "./job-ends";

/** Attempts of one job that end by something nobody expected. */
const SURPRISES = 5;
const PARENT_WAIT_MS = 300;

class CancelledError extends Error {}

/** Runs the pulls of one (integration, entity) one after the other. */
@Injectable()
export class PullWorker {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobRepository,
    private readonly pulls: PullService,
    private readonly ends: JobEnds,
    private readonly accounts: AccountService,
  ) {}

  async handle(claim: Claim, signal: AbortSignal): Promise<WorkResult> {
    const [num, code] = claim.id.split(":").map(Number) as [number, number];
    const account = await this.accounts.byNumber(claim.tenantId, num);
    const entity = entityOf(code);
    if (!account || account.deleted) return { done: true };
    if (await this.waitsForParents(account, entity)) return { againInMs: PARENT_WAIT_MS };
    const version = account.mappings[code] ?? null;
    const row = await this.db.transaction(claim.tenantId, (tx) => this.jobs.take(tx, num, code, version));
    if (!row) return { done: true };
    return withLogContext({ tenant: account.tenant, integration: account.name, job: row.id }, () =>
      this.run(account, entity, row, signal),
    );
  }

  private async run(account: Account, entity: EntityName, job: JobRow, signal: AbortSignal): Promise<WorkResult> {
    try {
      if (job.attempts === 1) await this.ends.started(account, entity, job);
      await this.pulls.run({ account, entity, job, signal, onPage: () => this.onPage(account, job) });
      await this.ends.completed(account, entity, job);
    } catch (error) {
      if (signal.aborted || isTransient(error)) return { againInMs: 1_000 };
      if (error instanceof CancelledError) return { againInMs: 0 };
      if (!(error instanceof ProblemError) && job.attempts < SURPRISES) {
        this.ends.surprised(error);
        return { againInMs: 1_000 * job.attempts };
      }
      await this.ends.failed(account, entity, job, error);
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

  private async onPage(account: Account, job: JobRow): Promise<void> {
    const current = await this.db.readOnly(account.tenantId, (tx) => this.jobs.get(tx, job.id));
    if (!current || current.status !== "running") throw new CancelledError();
    await this.ends.progress(account, current);
  }
}

function isTransient(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailableError ||
    error instanceof CommitUnknownError ||
    error instanceof CursorMovedError
  );
}

/** Every entity that the fields refer to, lines included. */
function referencesOf(fields: readonly FieldDefinition[], into = new Set<EntityName>()): Set<EntityName> {
  for (const field of fields) {
    if (field.references) into.add(field.references);
    if (field.fields) referencesOf(field.fields, into);
  }
  return into;
}
