import { inboxPrefix, type CloudEvent, type Job, type RecordView } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { startSimulator, type Running } from "@dovetail/erp-simulator";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { setTimeout as sleep } from "node:timers/promises";
import { benchLine } from "../bench-line";
import type { Options } from "../options";
import type { Report } from "../report";
import { Platform } from "./platform";

const ERP = "odoo";
const CHANGES = 100;
const WATCHED = 3;
const PATIENCE_MS = 180_000;
const LOOK_MS = 5;

/** How long the status of an order takes to the other side: one change at a time, everything else at rest. */
export async function measureStatus(_servers: unknown, { quick }: Options, report: Report): Promise<void> {
  const platform = new Platform();
  const erp = await startSimulator({ version: 14, seed: 3 });
  try {
    await platform.start();
    const bench = await StatusBench.open(platform, erp);
    const n = quick ? 20 : CHANGES;
    const inbound = await bench.each(n, (order) => bench.fromErp(order, true));
    const outbound = await bench.each(n, (order) => bench.fromMes(order));
    report.note(`from the ERP: ${spread(inbound)}; from the MES: ${spread(outbound)}`);
    report.line(benchLine("status.p99", 2 * n, [Math.max(p99(inbound), p99(outbound)) / 1_000], [1]));
    if (quick) return await bench.close();
    const watched = await bench.each(WATCHED, (order) => bench.fromErp(order, false));
    report.note(`without notices: ${spread(watched)}`);
    report.line(benchLine("status.watch", WATCHED, [Math.max(...watched) / 1_000], [1]));
    await bench.close();
  } finally {
    await platform.stop();
    await erp.stop();
  }
}

/** An order's words in Odoo and here, and where each leads by one of its buttons. */
const NEXT = {
  draft: { state: "purchase", status: "APPROVED" },
  sent: { state: "purchase", status: "APPROVED" },
  purchase: { state: "cancel", status: "CANCELLED" },
  cancel: { state: "draft", status: "DRAFT" },
} as const;
type State = keyof typeof NEXT;

interface Order {
  key: string;
  id: number;
}

class StatusBench {
  private readonly seen = new Map<string, string>();

  private constructor(
    private readonly platform: Platform,
    private readonly erp: Running,
    private readonly orders: readonly Order[],
    private readonly bus: NatsConnection,
    private readonly notices: string,
  ) {}

  static async open(platform: Platform, erp: Running): Promise<StatusBench> {
    await platform.ask("POST", "/erp/integrations", {
      name: ERP,
      erpSystem: "ODOO",
      connectionMethod: "API",
      authMethod: "BASIC",
      apiEndpoint: erp.url,
      apiUsername: "admin",
      apiPassword: "admin",
      settings: { database: "o14" },
      syncSchedule: { enabled: true, interval: "0 3 * * *" },
    });
    await loaded(platform);
    const { items } = await platform.ask<{ items: RecordView[] }>("GET", "/erp/records/PurchaseOrder?limit=100");
    const orders = items.map(({ key, sync }) => ({ key, id: Number(sync[0]?.externalId) }));
    const secret = await platform.ask<{ url: string }>("POST", `/erp/integrations/${ERP}/webhook-secret`);
    const { url, user, password } = platform.tenant.bus;
    const bus = await connect({ servers: url, user, pass: password, inboxPrefix: inboxPrefix(user) });
    const bench = new StatusBench(platform, erp, orders, bus, new URL(secret.url).pathname);
    void bench.listen();
    await bus.flush();
    return bench;
  }

  /** Milliseconds of each of `n` changes. */
  async each(n: number, change: (order: Order) => Promise<number>): Promise<number[]> {
    const times: number[] = [];
    for (let i = 0; i < n; i++) times.push(await change(this.orders[i % this.orders.length] as Order));
    return times;
  }

  /** Someone changes the order in the ERP; until the event is on the bus. */
  async fromErp({ key, id }: Order, noticed: boolean): Promise<number> {
    const { state, status } = NEXT[await this.state(id)];
    const started = performance.now();
    await this.erp.odoo.call("purchase.order", "write", [[id], { state }]);
    if (noticed) {
      const body = { _model: "purchase.order", _id: id, _action: "changed" };
      await this.platform.ask("POST", `${this.platform.webhookBase}${this.notices}`, body);
    }
    return this.until(started, async () => this.seen.get(key) === status);
  }

  /** A module or a client changes the order here; until the ERP holds it. */
  async fromMes({ key, id }: Order): Promise<number> {
    const { state, status } = NEXT[await this.state(id)];
    const started = performance.now();
    await this.platform.ask("PATCH", `/erp/records/PurchaseOrder/${encodeURIComponent(key)}`, { status });
    return this.until(started, async () => (await this.state(id)) === state);
  }

  async close(): Promise<void> {
    await this.bus.close();
  }

  private async listen(): Promise<void> {
    for await (const message of this.bus.subscribe(`erp.${this.platform.tenant.name}.PurchaseOrder.updated`)) {
      const { data } = message.json<CloudEvent>();
      this.seen.set(String(data["key"]), String((data["record"] as JsonObject | undefined)?.["status"]));
    }
  }

  private async state(id: number): Promise<State> {
    const [row] = (await this.erp.odoo.call("purchase.order", "read", [[id], ["state"]])) as [{ state: State }];
    return row.state;
  }

  private async until(started: number, arrived: () => Promise<boolean>): Promise<number> {
    while (!(await arrived())) {
      if (performance.now() - started > PATIENCE_MS) throw new Error(`a status did not arrive in ${PATIENCE_MS} ms`);
      await sleep(LOOK_MS);
    }
    return performance.now() - started;
  }
}

/** The first load of what orders refer to, and of the orders. */
async function loaded(platform: Platform): Promise<void> {
  const body = { entityTypes: ["Supplier", "Part", "PurchaseOrder"] };
  const { jobs } = await platform.ask<{ jobs: { id: string }[] }>("POST", `/erp/sync-jobs/${ERP}/execute`, body);
  for (const { id } of jobs)
    for (;;) {
      const { status, problem } = await platform.ask<Job>("GET", `/erp/sync-jobs/${id}`);
      if (status === "completed") break;
      if (status !== "queued" && status !== "running") throw new Error(`${status}: ${JSON.stringify(problem)}`);
      await sleep(100);
    }
}

function p99(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b).map(Math.round);
  return `median ${sorted[sorted.length >> 1]} ms, p99 ${Math.round(p99(times))} ms, most ${sorted.at(-1)} ms`;
}
