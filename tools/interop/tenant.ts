import type { Arguments, DovetailClient, EntityName, Job, RecordView, Transaction } from "@dovetail/api-client";
import { eventually } from "@dovetail/testing";
import type { OdooPlace } from "./odoo";

type IntegrationBody = Arguments<"POST /api/v1/erp/integrations">["body"];
type ExecuteBody = NonNullable<Arguments<"POST /api/v1/erp/sync-jobs/{integration}/execute">["body"]>;

const ENDED: readonly Job["status"][] = ["completed", "failed", "cancelled"];
const JOB_MS = 120_000;

/** A tenant as its administrator sees it, over HTTP alone. */
export class InteropTenant {
  constructor(readonly api: DovetailClient) {}

  connectOdoo(name: string, { url, database, username, password }: OdooPlace, change: Partial<IntegrationBody> = {}) {
    const body: IntegrationBody = {
      name,
      erpSystem: "ODOO",
      description: "A real Odoo",
      connectionMethod: "API",
      apiEndpoint: url,
      authMethod: "BASIC",
      apiUsername: username,
      apiPassword: password,
      settings: { database },
      syncSchedule: { enabled: false },
      ...change,
    };
    return this.api.call("POST /api/v1/erp/integrations", { body });
  }

  test(integration: string) {
    return this.api.call("POST /api/v1/erp/integrations/{integration}/test", { path: { integration } });
  }

  /** Asks for synchronisations, of every inbound entity when `body` names none; answers the ids of the jobs. */
  async execute(integration: string, body: ExecuteBody = {}): Promise<string[]> {
    const path = { integration };
    const { jobs } = await this.api.call("POST /api/v1/erp/sync-jobs/{integration}/execute", { path, body });
    return jobs.map(({ id }) => id);
  }

  job(id: string): Promise<Job> {
    return this.api.call("GET /api/v1/erp/sync-jobs/{id}", { path: { id } });
  }

  /** Waits until the jobs have ended, however. */
  async ended(ids: string[]): Promise<Job[]> {
    const jobs: Job[] = [];
    for (const id of ids) {
      const over = async (): Promise<Job> => {
        const job = await this.job(id);
        if (ENDED.includes(job.status)) return job;
        throw new Error(`the job is ${JSON.stringify(job)}`);
      };
      jobs.push(await eventually(over, { timeoutMs: JOB_MS }));
    }
    return jobs;
  }

  /** Runs synchronisations to their ends. */
  async sync(integration: string, body: ExecuteBody = {}): Promise<Job[]> {
    return this.ended(await this.execute(integration, body));
  }

  record(entityType: EntityName, key: string): Promise<RecordView> {
    return this.api.call("GET /api/v1/erp/records/{entityType}/{key}", { path: { entityType, key } });
  }

  /** Every record of an entity, by the id that Odoo knows it by. */
  async records(entityType: EntityName): Promise<Map<number, RecordView>> {
    const found = new Map<number, RecordView>();
    const given = { path: { entityType }, query: { limit: 1000 } };
    for await (const view of this.api.items("GET /api/v1/erp/records/{entityType}", given))
      found.set(Number(view.sync[0]?.externalId), view);
    return found;
  }

  async deadLetters(): Promise<{ entityType: EntityName | null; key: string | null; reason: string }[]> {
    const letters = [];
    for await (const letter of this.api.items("GET /api/v1/erp/dead-letters", {})) letters.push(letter);
    return letters.map(({ entityType, key, reason }) => ({ entityType, key, reason }));
  }

  /** Waits for the newest push of a key to have a status. */
  settled(key: string, status: Transaction["status"]): Promise<Transaction> {
    const newest = async (): Promise<Transaction> => {
      const query = { direction: "outbound", key } as const;
      const { items } = await this.api.call("GET /api/v1/erp/transactions", { query });
      if (items[0]?.status === status) return items[0];
      throw new Error(`the push is ${JSON.stringify(items[0])}`);
    };
    return eventually(newest, { timeoutMs: 30_000 });
  }
}
