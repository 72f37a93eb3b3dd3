import { sync, type Job, type PlanItem } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import type { TestTenant } from "./tenant";
import type { World } from "./world";

/** What tests ask of plans. */
export class PlanTests {
  constructor(
    private readonly world: World,
    private readonly tenant: TestTenant = world.main,
  ) {}

  async dryRun(entity: EntityName, mode: "incremental" | "full" = "incremental"): Promise<Job> {
    const { integration, context } = this.tenant;
    const input = { integration: integration.name, entityTypes: [entity], mode, dryRun: true };
    const [job] = (await this.world.bus.call(sync.execute, context, input)).jobs;
    return this.tenant.ended(job?.id ?? "");
  }

  async rollback(id: string): Promise<Job> {
    const job = await this.world.bus.call(sync.rollbackJob, this.tenant.context, { id });
    return this.tenant.ended(job.id);
  }

  async approve({ id, approval }: Job): Promise<Job> {
    await this.world.bus.call(sync.approveJob, this.tenant.context, { id, digest: approval?.digest ?? "" });
    return this.tenant.ended(id);
  }

  async items(job: Job, operation?: PlanItem["operation"]): Promise<PlanItem[]> {
    const input = { id: job.id, limit: 1000, ...(operation ? { operation } : {}) };
    return (await this.world.bus.call(sync.plan, this.tenant.context, input)).items;
  }

  /** Everything that a plan must leave as it is. */
  async store(): Promise<unknown[]> {
    const tables = ["records", "links", "cursors", "changes", "pages", "pushes", "dead_letters", "event_log"];
    // the relay numbers what was there before
    const row = `to_jsonb(t) - '{position,published_at,numbered_at}'::text[]`;
    return Promise.all(
      tables.map((table) => this.world.sql(`select ${row} as row from sync_engine.${table} t order by 1::text`)),
    );
  }
}
