import type { CloudEvent, RecordView } from "@dovetail/contracts";
import type { EntityName, JsonObject } from "@dovetail/domain";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { TenantWorld } from "../tenant-world";
import type { Consumer } from "./history";

interface Held {
  entity: EntityName;
  key: string;
  version: number;
  record: JsonObject | null;
}

interface RecordEvent {
  entityType: EntityName;
  key: string;
  version: number;
  record?: JsonObject;
}

/**
 * A module that keeps a copy of all records by the rules that the guide gives it: apply what has a higher version than
 * what it holds, page through the records at a baseline, read the feed from its cursor. Everything it gets is kept.
 */
export class ChaosConsumer {
  readonly got: Consumer = { feed: [], events: [], baselines: [], held: [] };
  private readonly held = new Map<string, Held>();
  private cursor: string | undefined;
  private bus: NatsConnection | undefined;

  constructor(private readonly tenant: TenantWorld) {}

  async listen(): Promise<void> {
    const { url, user, password } = this.tenant.bus;
    const access = { servers: url, user, pass: password, inboxPrefix: `_INBOX.${user}` };
    this.bus = await connect({ ...access, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
    this.bus.subscribe(`erp.${this.tenant.name}.>`, {
      callback: (error, message) => {
        if (error) return;
        const event = message.json<CloudEvent>();
        this.got.events.push(event);
        this.apply(event);
      },
    });
  }

  /** Reads the feed to where it ends for now. Throws when the API cannot answer; the next call goes on. */
  async catchUp(): Promise<number> {
    let news = 0;
    for (;;) {
      const after = this.cursor === undefined ? "" : `&cursor=${encodeURIComponent(this.cursor)}`;
      const { items } = await this.tenant.api.get<{ items: CloudEvent[] }>(`/erp/changes?limit=500${after}`);
      if (items.length === 0) return news;
      for (const event of items) {
        const { entityType } = event.data as unknown as RecordEvent;
        if (event.type.endsWith(".baseline")) await this.readAll(entityType);
        else this.apply(event);
        this.got.feed.push(event);
        this.cursor = event.cursor;
        news++;
      }
    }
  }

  end(): Consumer {
    return { ...this.got, held: [...this.held.values()] };
  }

  async close(): Promise<void> {
    await this.bus?.close();
  }

  private async readAll(entity: EntityName): Promise<void> {
    const views = await this.tenant.api.all<RecordView>(`/erp/records/${entity}`);
    this.got.baselines.push({ entity, records: views.map(({ key, version }) => ({ key, version })) });
    for (const { key, version, record } of views) this.hold({ entity, key, version, record });
  }

  private apply({ type, data }: CloudEvent): void {
    const { entityType: entity, key, version, record } = data as unknown as RecordEvent;
    if (type.endsWith(".baseline")) return;
    this.hold({ entity, key, version, record: type.endsWith(".deleted") ? null : (record ?? null) });
  }

  private hold(next: Held): void {
    const name = `${next.entity} ${next.key}`;
    if ((this.held.get(name)?.version ?? 0) < next.version) this.held.set(name, next);
  }
}
