import type { CloudEvent, ExecuteAnswer, Job, RecordView, Transaction } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { eventually } from "@dovetail/testing";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { HttpClient } from "./http-client";

const ENDED = ["completed", "failed", "cancelled"];

/** How a tenant's modules reach the bus. */
export interface BusAccess {
  url: string;
  user: string;
  password: string;
}

/** A tenant: its administrator's key, its bus user, and what specs ask of it. */
export class TenantWorld {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly api: HttpClient,
    readonly bus: BusAccess,
  ) {}

  /** Connects as one of the tenant's modules. */
  async module(): Promise<NatsConnection> {
    const { url, user, password } = this.bus;
    return connect({ servers: url, user, pass: password, inboxPrefix: `_INBOX.${user}`, reconnect: false });
  }

  /** Registers an Odoo in the guide's canonical form. */
  async connectOdoo(
    name: string,
    place: { url: string; database?: string },
    change: JsonObject = {},
  ): Promise<JsonObject> {
    const { url, database = "o14" } = place;
    return this.api.change("POST", "/erp/integrations", {
      name,
      erpSystem: "ODOO",
      description: "Odoo of the end-to-end tests",
      critical: false,
      connectionMethod: "API",
      apiEndpoint: url,
      authMethod: "BASIC",
      apiUsername: "admin",
      apiPassword: "admin",
      settings: { database },
      syncSchedule: { enabled: false },
      ...change,
    });
  }

  /** Starts a synchronisation, of every inbound entity when `body` says nothing. */
  async execute(integration: string, body?: JsonObject): Promise<ExecuteAnswer["jobs"]> {
    return (await this.api.change<ExecuteAnswer>("POST", `/erp/sync-jobs/${integration}/execute`, body)).jobs;
  }

  /** Waits until a job has ended, however. */
  ended(id: string, timeoutMs = 60_000): Promise<Job> {
    return this.api.until<Job>(`/erp/sync-jobs/${id}`, ({ status }) => ENDED.includes(status), timeoutMs);
  }

  /** Runs a synchronisation to its end. Throws when a job does not complete. */
  async sync(integration: string, body?: JsonObject): Promise<Job[]> {
    const jobs: Job[] = [];
    for (const { id } of await this.execute(integration, body)) jobs.push(await this.ended(id));
    const bad = jobs.filter(({ status }) => status !== "completed");
    if (bad.length > 0) throw new Error(`not completed: ${JSON.stringify(bad)}`);
    return jobs;
  }

  record(entity: string, key: string): Promise<RecordView> {
    return this.api.get(`/erp/records/${entity}/${encodeURIComponent(key)}`);
  }

  /** Every record of an entity; as many as there are. */
  records(entity: string): Promise<RecordView[]> {
    return this.api.all(`/erp/records/${entity}`);
  }

  /** The change feed after a cursor, to where it ends for now. */
  async changes(after?: string): Promise<CloudEvent[]> {
    const items: CloudEvent[] = [];
    for (let cursor = after; ; cursor = items.at(-1)?.cursor) {
      const place = `/erp/changes?limit=1000${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await this.api.get<{ items: CloudEvent[] }>(place);
      // The feed has no last page: an empty one is its end.
      if (page.items.length === 0) return items;
      items.push(...page.items);
    }
  }

  /** Waits for the push of a key to have a status. */
  async settled(key: string, status: Transaction["status"], timeoutMs = 20_000): Promise<Transaction> {
    return eventually(
      async () => {
        const path = `/erp/transactions?direction=outbound&key=${encodeURIComponent(key)}`;
        const [newest] = (await this.api.get<{ items: Transaction[] }>(path)).items;
        if (newest?.status !== status) throw new Error(`the push is ${JSON.stringify(newest)}`);
        return newest;
      },
      { timeoutMs },
    );
  }
}
