import { RecordSeeder } from "@dovetail/adapter-memory";
import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import { tokenOf } from "../src/messages";

/** What the ERP sees of a message. */
export interface BrokerMessage {
  topic: string;
  body: Uint8Array;
  headers: Record<string, string>;
}

/** A broker as the ERP beside it uses it. */
export interface Broker {
  /** A log of all topics that begin with this word. */
  make(log: string, first: string): Promise<void>;
  publish(topic: string, body: Uint8Array | string, headers?: Record<string, string>, id?: string): Promise<void>;
  listen(first: string, take: (message: BrokerMessage) => void): void;
  purge(log: string): Promise<void>;
  /** Messages of a topic that are kept. */
  count(log: string, topic: string): Promise<number>;
}

/** An ERP behind a broker: it takes what is pushed, shows its rows again and replies. */
export class QueueErp {
  private readonly rows = new Map<string, JsonObject>();
  private readonly seeder = new RecordSeeder(11);
  private readonly seen = new Set<string>();
  private serial = 0;

  private constructor(readonly broker: Broker) {}

  static async start(broker: Broker): Promise<QueueErp> {
    for (const [log, first] of [
      ["OUT", "out"],
      ["IN", "in"],
      ["DONE", "done"],
    ] as const)
      await broker.make(log, first);
    const erp = new QueueErp(broker);
    broker.listen("in", (message) => void erp.take(message));
    return erp;
  }

  body(entity: EntityName): JsonObject {
    return this.seeder.record(entity, ++this.serial);
  }

  /** Undefined: deleted. */
  async show(entity: EntityName, id: string, body: JsonObject | undefined): Promise<void> {
    if (body) this.rows.set(id, body);
    const headers: Record<string, string> = body ? {} : { "Dovetail-Operation": "delete" };
    await this.broker.publish(`out.${entity}.${tokenOf(id)}`, JSON.stringify(body ?? {}), headers);
  }

  async seed(entity: EntityName): Promise<string> {
    const body = this.body(entity);
    const id = ENTITIES[entity].key.map((name) => String(body[name])).join("|");
    await this.show(entity, id, body);
    return id;
  }

  async mutate(entity: EntityName, id: string): Promise<void> {
    await this.show(entity, id, { ...this.rows.get(id), externalReference: `changed ${++this.serial}` });
  }

  keyOf(entity: EntityName, id: string): JsonObject {
    return Object.fromEntries(ENTITIES[entity].key.map((name) => [name, this.rows.get(id)?.[name] ?? null]));
  }

  private async take({ topic, body, headers }: BrokerMessage): Promise<void> {
    if (this.seen.has(topic)) return;
    this.seen.add(topic);
    const [, entity = "", op = "", reference = ""] = topic.split(".");
    const given = headers["Dovetail-External-Id"] ?? "";
    const id = given === "" ? `E${reference}` : decodeURIComponent(given);
    const members = JSON.parse(Buffer.from(body).toString()) as JsonObject;
    const shown = headers["Dovetail-Operation"] === "delete" ? undefined : { ...this.rows.get(id), ...members };
    await this.show(entity as EntityName, id, shown);
    await this.broker.publish(`done.${op}.${reference}`, JSON.stringify({ externalId: id }));
  }
}
