import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { mergePatch } from "../src/merge-patch";
import type { ErpEvent, Fields, MesRequest } from "../src/wire";

/** What the platform does with the next requests of a module. */
export type Mood = "answer" | "no answer" | { status: number; code: string; retryable: boolean };

interface Held {
  version: number;
  record: Fields | null;
}

/** The part of the platform that a module meets: requests and events on the bus, feed and records over HTTP. */
export class PlayedPlatform {
  mood: Mood = "answer";
  /** Ids of requests as they came in. */
  readonly requests: string[] = [];
  readonly records = new Map<string, Held>();
  private readonly answers = new Map<string, number>();
  private readonly log: ErpEvent[] = [];
  private forgotten = 0;

  private constructor(
    private readonly bus: NatsConnection,
    private readonly server: Server,
  ) {
    bus.subscribe("mes.acme.*.*", { callback: (_error, message) => this.take(message) });
    server.on("request", (request, response) => this.read(new URL(request.url ?? "/", "http://played"), response));
  }

  static async start(natsUrl: string): Promise<PlayedPlatform> {
    const bus = await connect({ servers: natsUrl, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PlayedPlatform(bus, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get bodies(): Record<string, Fields | null> {
    return Object.fromEntries([...this.records].map(([place, { record }]) => [place, record]));
  }

  async stop(): Promise<void> {
    await this.bus.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Stores a version and tells it: in the feed always, on the bus unless `silent`, without the record when `thin`. */
  write(place: string, record: Fields | null, how: { silent?: boolean; thin?: boolean } = {}): number {
    const [entityType = "", key = ""] = place.split("/");
    const version = (this.records.get(place)?.version ?? 0) + 1;
    const op = record === null ? "deleted" : version === 1 ? "created" : "updated";
    this.records.set(place, { version, record });
    const content = record === null || how.thin ? {} : { record };
    this.tell(
      { id: `${place}@${version}`, type: `erp.${entityType}.${op}`, data: { entityType, key, version, ...content } },
      how.silent,
    );
    return version;
  }

  /** Stores records as a first load does: one event for all. */
  firstLoad(entityType: string, records: Record<string, Fields>): void {
    for (const [key, record] of Object.entries(records))
      this.records.set(`${entityType}/${key}`, { version: 1, record });
    const data = { entityType, count: Object.keys(records).length, jobId: "j1" } as unknown as ErpEvent["data"];
    this.tell({ id: `baseline-${entityType}`, type: `erp.${entityType}.baseline`, data });
  }

  /** Sends an event of the log on the bus (again). */
  publish(event: ErpEvent | undefined): void {
    if (event) this.bus.publish(`erp.acme.${event.data.entityType}.${event.type.split(".")[2]}`, JSON.stringify(event));
  }

  eventOf(place: string, version: number): ErpEvent | undefined {
    return this.log.find(({ id }) => id === `${place}@${version}`);
  }

  /** The log as it is now is gone, as after its time. */
  forgetLog(): void {
    this.forgotten = this.log.length;
  }

  private tell(event: ErpEvent, silent = false): void {
    this.log.push(event);
    if (!silent) this.publish(event);
  }

  private take(message: Msg): void {
    const request = message.json<MesRequest>();
    this.requests.push(request.id);
    if (typeof this.mood === "object") {
      message.respond(JSON.stringify({ ...this.mood, title: "", detail: "as told" }));
      return;
    }
    const duplicate = this.answers.has(request.id);
    if (!duplicate) this.answers.set(request.id, this.apply(request));
    if (this.mood === "answer")
      message.respond(
        JSON.stringify({ accepted: true, duplicate, version: this.answers.get(request.id), transactionIds: [] }),
      );
  }

  private apply({ type, data }: MesRequest): number {
    const place = `${data.entityType}/${data.key}`;
    if (type.endsWith(".deleted")) return this.write(place, null);
    return this.write(place, data.record ?? mergePatch(this.records.get(place)?.record, data.patch ?? {}));
  }

  private read(url: URL, response: ServerResponse): void {
    const [, , , , what, entity, key] = url.pathname.split("/").map(decodeURIComponent);
    if (what === "changes") return this.changes(url.searchParams.get("cursor"), response);
    const views = [...this.records]
      .filter(([place]) => place.startsWith(`${entity}/`))
      .map(([place, { version, record }]) => {
        const name = place.slice(place.indexOf("/") + 1);
        return { entityType: entity, key: name, version, deleted: record === null, record: record ?? {} };
      });
    if (key === undefined) return send(response, 200, { items: views, next: null });
    const view = views.find((one) => one.key === key && !one.deleted);
    return view ? send(response, 200, view) : send(response, 404, { status: 404, code: "NOT_FOUND" });
  }

  /** Pages of two, so that every test pages. */
  private changes(cursor: string | null, response: ServerResponse): void {
    const from = cursor === null ? this.forgotten : Number(cursor);
    if (from < this.forgotten) return send(response, 410, { status: 410, code: "NOT_FOUND" });
    const items = this.log.slice(from, from + 2);
    send(response, 200, { items, next: String(from + items.length) });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
