import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { WriteAnswer } from "@dovetail/contracts";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { TenantWorld } from "../../tenant-world";
import type { Intent, Outcome } from "./operation-log";

/** A way by which MES modules hand changes in. */
export interface MesChannel {
  write(intent: Intent): Promise<Outcome>;
  close(): Promise<void>;
}

/** What a channel does to its own requests. */
export interface RequestFaults {
  /** Sends the next request twice at once; told when both were answered alike. */
  duplicate?: ((observed: boolean) => void) | undefined;
  /** Sends the next request again this much later, after it was answered; told when it was taken for the same. */
  again?: { afterMs: number; done(observed: boolean): void } | undefined;
}

const PATIENCE_MS = 45_000;
const PAUSE_MS = 400;

/** Through the gateway, with an Idempotency-Key that every repetition carries. */
export class HttpChannel implements MesChannel {
  readonly faults: RequestFaults = {};

  constructor(private readonly tenant: TenantWorld) {}

  async write(intent: Intent): Promise<Outcome> {
    const headers = { "idempotency-key": randomUUID() };
    const send = () => this.send(intent, headers);
    const { duplicate, again } = this.faults;
    delete this.faults.duplicate;
    delete this.faults.again;
    const [outcome, second] = await Promise.all([repeated(send), duplicate ? repeated(send) : undefined]);
    duplicate?.(outcome.outcome === "ok" && second?.version === outcome.version);
    if (again && outcome.outcome === "ok")
      void sleep(again.afterMs)
        .then(() => repeated(send))
        .then((late) => again.done(late.version === outcome.version))
        .catch(() => again.done(false));
    else again?.done(false);
    return outcome;
  }

  async close(): Promise<void> {}

  private async send(
    { entity, key, action, fields }: Intent,
    headers: Record<string, string>,
  ): Promise<Outcome | Again> {
    const path = `/erp/records/${entity}/${encodeURIComponent(key)}`;
    const method = action === "update" ? "PATCH" : action === "delete" ? "DELETE" : "PUT";
    const body = action === "delete" ? {} : { body: fields };
    // What is created must not stand there yet: a whole record would take away what others wrote.
    if (action === "create" || action === "post") headers = { ...headers, "if-match": '"0"' };
    const answer = await this.tenant.api.send<WriteAnswer & { code?: string }>(method, path, { ...body, headers });
    if (answer.status < 300) return { outcome: "ok", version: madeBy(answer.body) };
    // The same request is still being answered, or the service cannot now.
    if (answer.status >= 500 || answer.status === 429 || answer.status === 409) return "again";
    return { outcome: "failed" };
  }
}

/** As a module on the bus: the request is repeated under its event's id until it is answered. */
export class BusChannel implements MesChannel {
  readonly faults: RequestFaults = {};

  private constructor(
    private readonly tenant: TenantWorld,
    private readonly bus: NatsConnection,
    private readonly module: string,
  ) {}

  static async open(tenant: TenantWorld, module: string): Promise<BusChannel> {
    const { url, user, password } = tenant.bus;
    const access = { servers: url, user, pass: password, inboxPrefix: `_INBOX.${user}` };
    const bus = await connect({ ...access, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
    return new BusChannel(tenant, bus, module);
  }

  async write(intent: Intent): Promise<Outcome> {
    const id = randomUUID();
    const send = () => this.send(id, intent);
    const { duplicate, again } = this.faults;
    delete this.faults.duplicate;
    delete this.faults.again;
    const [outcome, second] = await Promise.all([repeated(send), duplicate ? repeated(send) : undefined]);
    duplicate?.(outcome.outcome === "ok" && second?.version === outcome.version);
    if (again && outcome.outcome === "ok")
      void sleep(again.afterMs)
        .then(() => repeated(send))
        .then((late) => again.done(late.version === outcome.version))
        .catch(() => again.done(false));
    else again?.done(false);
    return outcome;
  }

  async close(): Promise<void> {
    await this.bus.close();
  }

  private async send(id: string, { entity, key, action, fields }: Intent): Promise<Outcome | Again> {
    const op = action === "update" ? "updated" : action === "delete" ? "deleted" : "created";
    const content =
      action === "update" ? { patch: fields } : action === "delete" ? {} : { record: fields, baseVersion: 0 };
    const envelope = {
      specversion: "1.0",
      id,
      type: `mes.${entity}.${op}`,
      source: `/modules/${this.module}`,
      data: { entityType: entity, key, ...content },
    };
    const subject = `mes.${this.tenant.name}.${entity}.${op}`;
    const reply = await this.bus.request(subject, JSON.stringify(envelope), { timeout: 5_000 });
    const answer = reply.json<{ accepted?: true; version: number; status: number; retryable?: boolean }>();
    if (answer.accepted) return { outcome: "ok", version: answer.version };
    return answer.retryable === true || answer.status >= 500 ? "again" : { outcome: "failed" };
  }
}

type Again = "again";

/** The record is shown as it is now; the push says which version this very change made. */
function madeBy({ record, transactions }: WriteAnswer): number {
  return Math.min(record.version, ...transactions.map(({ version }) => version));
}

/** Until there is an answer; without one in time nobody knows. */
async function repeated(send: () => Promise<Outcome | Again>): Promise<Outcome> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    try {
      const outcome = await send();
      if (outcome !== "again") return outcome;
    } catch {
      // The line broke or nobody answered: what was sent may have been done.
    }
    await sleep(PAUSE_MS);
  }
  return { outcome: "unknown" };
}
