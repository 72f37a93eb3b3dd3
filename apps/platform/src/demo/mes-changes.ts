import type { RecordView, Transaction } from "@dovetail/contracts";
import type { Api } from "./api";
import { type ErpOrder, type Erps, ORDERS_IN } from "./erps";
import { externalIdIn, since, titled } from "./first-sync";
import { ODOO, ORDER, SQL, TITLES } from "./names";
import type { Screen } from "./progress";

const PATIENCE_MS = 60_000;
const DAY_MS = 86_400_000;
const OPEN = ["pending", "sent", "accepted", "unknown", "parked"];
const PATH = `/erp/records/PurchaseOrder/${ORDER}`;

interface Written {
  record: RecordView;
}

/** One order put here, and seen in both ERPs; then changed here, and seen there again. */
export async function showMesChanges(api: Api, erps: Erps, screen: Screen): Promise<void> {
  const [supplier] = await inBoth(api, "Supplier");
  const parts = (await inBoth(api, "Part")).slice(0, 2);
  if (!supplier || parts.length < 2) throw new Error("the ERPs have no supplier and parts in common");
  screen.line();
  screen.line("A change in the MES");
  const today = new Date().toISOString().slice(0, 10);
  const record = {
    poNumber: ORDER,
    supplier: supplier.key,
    currency: "USD",
    orderDate: `${today}T00:00:00Z`,
    expectedDate: later(today, 14),
    notes: "made by the demo",
    lines: parts.map(({ key, record: part }, n) => ({
      lineNumber: String(n + 1),
      part: key,
      quantity: String(4 + n),
      unit: part["unit"] ?? "EA",
      unitPrice: n === 0 ? "50.26" : "9.5",
    })),
  };
  screen.line(`  PUT /api/v1${PATH}: supplier ${supplier.key}, parts ${parts.map(({ key }) => key).join(" and ")}`);
  await travels(
    () => api.put<Written>(PATH, record),
    api,
    erps,
    screen,
    (order) => {
      return `has it as ${order.number}: ${order.lines} lines, total ${order.total}`;
    },
  );
  const patch = { expectedDate: later(today, 21), notes: "a week later" };
  screen.line(`  PATCH of the same: expected ${patch.expectedDate.slice(0, 10)}, notes "${patch.notes}"`);
  await travels(
    () => api.patch<Written>(PATH, patch),
    api,
    erps,
    screen,
    (order) => {
      return `shows ${order.expected}, "${order.notes}" in ${order.number}`;
    },
  );
}

/** Writes, waits until each ERP has confirmed, and tells what each of them shows. */
async function travels(
  write: () => Promise<Written>,
  api: Api,
  erps: Erps,
  screen: Screen,
  tell: (order: ErpOrder) => string,
): Promise<void> {
  const started = performance.now();
  const { record } = await write();
  const lines = ([ODOO, SQL] as const).map(async (integration) => {
    await confirmed(api, integration, record.version);
    const after = since(started);
    const [order, ...more] = await ORDERS_IN[integration](erps, ORDER);
    if (!order || more.length > 0)
      throw new Error(`${ORDER} stands ${order ? 1 + more.length : 0} times in ${integration}`);
    return `${titled(integration)} ${tell(order)}, after ${after}`;
  });
  for (const line of await Promise.all(lines)) screen.line(line);
}

/** Waits until the ERP has this version or a later one; what was sent before a kill counts as well. */
async function confirmed(api: Api, integration: string, version: number): Promise<void> {
  const list = `/erp/transactions?direction=outbound&entityType=PurchaseOrder&key=${ORDER}&integration=${integration}`;
  const pushes = await api.until(
    async () => (await api.get<{ items: Transaction[] }>(list)).items,
    (items) => items.length > 0 && items.every(({ status }) => !OPEN.includes(status)),
    PATIENCE_MS,
  );
  const [newest] = [...pushes].sort((a, b) => b.version - a.version);
  if (newest?.status === "confirmed") return;
  const why = newest?.problem?.detail ?? newest?.status;
  throw new Error(`version ${version} of the order did not reach ${TITLES[integration]}: ${why}`);
}

async function inBoth(api: Api, entity: string): Promise<RecordView[]> {
  const { items } = await api.get<{ items: RecordView[] }>(`/erp/records/${entity}?limit=10`);
  return items.filter((record) => [ODOO, SQL].every((name) => externalIdIn(record, name) !== undefined));
}

function later(day: string, days: number): string {
  return `${new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`;
}
