import { ENTITIES } from "@dovetail/domain";
import { gateway, ProblemError, serviceContext } from "@dovetail/contracts";
import { adapterFor } from "@dovetail/adapter-registry";
import { Database, enqueue, type Claim, type WorkResult } from "@dovetail/database";
import { Bus } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { JobService } from "../jobs/job.service";
import { RoundService } from "../jobs/round.service";
import { rereadWorkId } from "../jobs/row.worker";
import { ScheduleService } from "../jobs/schedule.service";
import { entitySettings } from "./account";
import { AccountService } from "./account.service";
import { TenantDirectory } from "./tenant-directory";

/** An ERP may tell before it commits (Odoo 17): what is read at once is read a little later again. */
const AFTER_NOTICE_MS = 2_000;
const TROUBLE_MS = 5_000;

/** What a change of an integration or a notice sets going. */
@Injectable()
export class Turns {
  constructor(
    readonly schedules: ScheduleService,
    readonly rounds: RoundService,
    readonly jobs: JobService,
  ) {}
}

/** Follows what other services say: integrations that changed, notices that came in. */
@Injectable()
export class AccountWorker {
  constructor(
    private readonly db: Database,
    private readonly bus: Bus,
    private readonly accounts: AccountService,
    private readonly tenants: TenantDirectory,
    private readonly turns: Turns,
  ) {}

  /** The integration changed: take its document and mappings over, and plan its turns. */
  async refresh(claim: Claim): Promise<WorkResult> {
    const tenant = await this.tenantOf(claim.tenantId);
    if (!tenant) return { againInMs: TROUBLE_MS };
    try {
      const account = await this.accounts.refresh(claim.tenantId, tenant, claim.id);
      await this.turns.schedules.align(account);
      await this.turns.rounds.align(account);
      return { done: true };
    } catch (error) {
      if (error instanceof ProblemError && error.code === "NOT_FOUND") return { done: true };
      if (error instanceof ProblemError) return { againInMs: TROUBLE_MS };
      throw error;
    }
  }

  /** A notice came in: re-read what it names, or the entity since its cursor. */
  async notice(claim: Claim): Promise<WorkResult> {
    const tenant = await this.tenantOf(claim.tenantId);
    if (!tenant) return { againInMs: TROUBLE_MS };
    const context = serviceContext("sync-engine", claim.tenantId, tenant);
    const notice = await this.bus.call(gateway.notice, context, { id: claim.id }).catch(asMissing);
    if (!notice) return { done: true };
    const account = await this.accounts.get(claim.tenantId, tenant, notice.integrationId);
    if (account.deleted || account.document.status === "DISABLED") return { done: true };
    const webhook = adapterFor(account.document.adapter.system).webhook;
    const all = webhook?.read(Buffer.from(notice.body, "base64"), notice.headers) ?? [];
    // One row of an ERP may be several entities; what the integration does not carry is none of its business.
    const told = all.filter(({ entity }) => entitySettings(account, entity) !== undefined);
    await this.db.transaction(claim.tenantId, async (tx) => {
      for (const { entity, externalId } of told) {
        if (externalId === undefined) await this.turns.jobs.queue(account, entity, "incremental", "webhook", tx);
        else {
          const id = rereadWorkId(account.num, ENTITIES[entity].code, externalId);
          await enqueue(tx, { kind: "reread", id, dueInMs: 0, priority: 2 });
          await enqueue(tx, { kind: "reread-later", id, dueInMs: AFTER_NOTICE_MS, priority: 4 });
        }
      }
    });
    return { done: true };
  }

  private async tenantOf(tenantId: string): Promise<string | undefined> {
    return (await this.tenants.all()).find((tenant) => tenant.id === tenantId)?.name;
  }
}

function asMissing(error: unknown): undefined {
  if (error instanceof ProblemError && error.code === "NOT_FOUND") return undefined;
  throw error;
}
