import type { CloudEvent, RecordView } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { NatsConnection } from "@nats-io/transport-node";
import type { HttpClient } from "./http-client";

interface Held {
  version: number;
  record: JsonObject | null;
}

/**
 * The least that a consumer needs: it applies what it hears on the bus if it is newer than what it holds, and reads the
 * feed from its cursor for what it did not hear. No JetStream, no positions.
 */
export class FeedFollower {
  readonly held = new Map<string, Held>();
  private cursor: string | undefined;

  constructor(
    private readonly api: HttpClient,
    private readonly entities: readonly string[],
  ) {}

  /** Applies what comes over the bus while the connection lasts. */
  listen(connection: NatsConnection, tenant: string): void {
    connection.subscribe(`erp.${tenant}.>`, {
      callback: (error, message) => {
        if (!error) this.apply(message.json<CloudEvent>());
      },
    });
  }

  /** Reads the feed from the cursor to where it ends for now. */
  async catchUp(): Promise<void> {
    for (;;) {
      const after = this.cursor === undefined ? "" : `&cursor=${encodeURIComponent(this.cursor)}`;
      const { items } = await this.api.get<{ items: CloudEvent[] }>(`/erp/changes?limit=500${after}`);
      if (items.length === 0) return;
      for (const event of items) {
        if (event.type.endsWith(".baseline")) await this.readAll(String(event.data["entityType"]));
        else this.apply(event);
        this.cursor = event.cursor;
      }
    }
  }

  private async readAll(entity: string): Promise<void> {
    if (!this.entities.includes(entity)) return;
    for (const { key, version, record } of await this.api.all<RecordView>(`/erp/records/${entity}`))
      this.hold(`${entity} ${key}`, version, record);
  }

  private apply({ type, data }: CloudEvent): void {
    const { entityType, key, version, record } = data as {
      entityType: string;
      key: string;
      version: number;
      record?: JsonObject;
    };
    if (type.endsWith(".baseline") || !this.entities.includes(entityType)) return;
    this.hold(`${entityType} ${key}`, version, type.endsWith(".deleted") ? null : (record ?? null));
  }

  private hold(name: string, version: number, record: JsonObject | null): void {
    if ((this.held.get(name)?.version ?? 0) < version) this.held.set(name, { version, record });
  }
}
