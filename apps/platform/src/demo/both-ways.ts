import type { CloudEvent, Page, RecordView, Transaction } from "@dovetail/contracts";
import type { Running as RunningSimulator } from "@dovetail/erp-simulator";
import type { JsonObject } from "@dovetail/domain";
import type { Api } from "./api";
import { INTEGRATION } from "./names";
import { execute } from "./first-sync";
import type { Screen } from "./progress";

const PATIENCE_MS = 60_000;
const ORDER = "PO-MES-0001";

/** One change on each side, and how it arrives on the other. */
export async function showBothWays(api: Api, simulator: RunningSimulator, screen: Screen): Promise<void> {
  const suppliers = await page(api, "Supplier");
  const parts = await page(api, "Part");
  const supplier = suppliers[0];
  if (!supplier || parts.length < 2) throw new Error("the first synchronisation brought no suppliers or parts");
  screen.line();
  screen.line("A change in the MES");
  await orderFromMes(api, simulator, screen, { supplier, parts: parts.slice(0, 2) });
  screen.line();
  screen.line("A change in Odoo");
  await telephoneFromOdoo(api, simulator, screen, supplier);
}

async function orderFromMes(
  api: Api,
  simulator: RunningSimulator,
  screen: Screen,
  { supplier, parts }: { supplier: RecordView; parts: RecordView[] },
): Promise<void> {
  const started = performance.now();
  const lines = parts.map(({ key }, n) => ({
    lineNumber: String(n + 1),
    part: key,
    quantity: String(4 + n),
    unit: "EA",
    unitPrice: n === 0 ? "50.26" : "9.5",
  }));
  const record = { poNumber: ORDER, supplier: supplier.key, currency: "USD", notes: "made by the demo", lines };
  const written = await api.put<{ transactions: Transaction[] }>(`/erp/records/PurchaseOrder/${ORDER}`, record);
  const sent = `  PUT /api/v1/erp/records/PurchaseOrder/${ORDER}: supplier ${supplier.key}, 2 lines`;
  screen.line(sent);
  const pushed = written.transactions.find(({ direction }) => direction === "outbound");
  const settled = await api.until(
    () => outboundOf(api, pushed?.id),
    (transaction) => transaction !== undefined && !["pending", "sent", "accepted"].includes(transaction.status),
    PATIENCE_MS,
  );
  if (settled?.status !== "confirmed")
    throw new Error(
      `the order did not reach Odoo: ${settled?.problem?.detail ?? settled?.status ?? "nothing was sent"}`,
    );
  const [order] = (await simulator.odoo.call("purchase.order", "read", [
    [Number(settled.externalId)],
    ["name", "order_line", "amount_total"],
  ])) as [{ name: string; order_line: number[]; amount_total: number }];
  screen.line(
    `  stands in Odoo as ${order.name} with ${order.order_line.length} lines, total ${order.amount_total}` +
      ` (id ${settled.externalId}) after ${since(started)}`,
  );
}

async function outboundOf(api: Api, id: string | undefined): Promise<Transaction | undefined> {
  if (id !== undefined) return api.get<Transaction>(`/erp/transactions/${id}`);
  const { items } = await api.get<{ items: Transaction[] }>(
    `/erp/transactions?direction=outbound&entityType=PurchaseOrder&key=${ORDER}`,
  );
  return items[0];
}

async function telephoneFromOdoo(
  api: Api,
  simulator: RunningSimulator,
  screen: Screen,
  supplier: RecordView,
): Promise<void> {
  const externalId = supplier.sync.find(({ integration }) => integration === INTEGRATION)?.externalId;
  const cursor = await feedEnd(api);
  const phone = `+31 10 555 ${String(Date.now() % 10_000).padStart(4, "0")}`;
  const started = performance.now();
  await simulator.odoo.call("res.partner", "write", [[Number(externalId)], { phone }]);
  screen.line(`  res.partner ${externalId}: phone becomes ${phone}`);
  await execute(api, ["Supplier"]);
  const path = `/erp/records/Supplier/${encodeURIComponent(supplier.key)}`;
  const now = await api.until(
    () => api.get<RecordView>(path),
    ({ record }) => (record as JsonObject)["phone"] === phone,
    PATIENCE_MS,
  );
  screen.line(`  arrived in supplier ${supplier.key}, version ${now.version}, after ${since(started)}`);
  const { items } = await api.until(
    () => changesAfter(api, cursor),
    (changes) => changes.items.some(({ subject }) => subject === supplier.key),
    PATIENCE_MS,
  );
  const told = items.find(({ subject }) => subject === supplier.key);
  screen.line(`  and told to MES modules: ${told?.type} on the change feed and the bus`);
}

async function page(api: Api, entity: string): Promise<RecordView[]> {
  return (await api.get<{ items: RecordView[] }>(`/erp/records/${entity}?limit=10`)).items.filter(
    ({ sync }) => sync.length > 0,
  );
}

async function feedEnd(api: Api): Promise<string | null> {
  let end: string | null = null;
  // The feed has no last page: an empty one is where it ends for now.
  for (;;) {
    const { items, next } = await changesAfter(api, end);
    if (items.length === 0) return next ?? end;
    end = items.at(-1)?.cursor ?? end;
  }
}

function changesAfter(api: Api, cursor: string | null): Promise<Page<CloudEvent>> {
  return api.get(`/erp/changes?limit=1000${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
}

function since(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
