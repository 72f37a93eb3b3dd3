import type { Job, RecordView } from "@dovetail/contracts";
import { type JsonObject, sumDecimals } from "@dovetail/domain";
import type { HttpClient } from "../http-client";
import type { TenantWorld } from "../tenant-world";
import { ADVENTUREWORKS_ENTITIES, type AdventureWorksEntity, type ErpRow } from "./data";
import { MAPPINGS } from "./mappings";
import type { ErpSource, HandedOver } from "./source";

/** How a tenant uses the ERP. */
export interface AdventureWorksOptions {
  /** Rows per page by entity; absent: the product's own. */
  pageSizes?: Partial<Record<AdventureWorksEntity, number>>;
}

/** Registers the ERP at the public API with its mapping documents: everything is read, orders are written as well. */
export async function connectAdventureWorks(
  api: HttpClient,
  name: string,
  source: ErpSource,
  { pageSizes = {} }: AdventureWorksOptions = {},
): Promise<void> {
  const settings = (entity: AdventureWorksEntity): JsonObject => ({
    direction: entity === "PurchaseOrder" ? "both" : "inbound",
    master: true,
    ...(pageSizes[entity] === undefined ? {} : { pageSize: pageSizes[entity] }),
  });
  await api.change("POST", "/erp/integrations", {
    name,
    ...source.integration,
    syncSchedule: { enabled: false },
    entities: Object.fromEntries(ADVENTUREWORKS_ENTITIES.map((entity) => [entity, settings(entity)])),
  });
  for (const entity of ADVENTUREWORKS_ENTITIES)
    await api.change("PUT", `/erp/integrations/${name}/mappings/${entity}`, MAPPINGS[entity]);
}

/** What the API's records add up to. */
export interface Summary {
  counts: Record<AdventureWorksEntity, number>;
  lines: number;
  /** Exact. */
  totalDue: string;
  /** Numbers of orders whose subtotal is not the sum of their lines, or whose total is not that of its parts. */
  unequal: string[];
  /** Orders, lines, offers and balances that refer to no record. */
  dangling: number;
}

/** Reads every record through the API and adds it up. */
export async function summaryOf(tenant: TenantWorld): Promise<Summary> {
  const all = {} as Record<AdventureWorksEntity, RecordView[]>;
  for (const entity of ADVENTUREWORKS_ENTITIES) all[entity] = await tenant.records(entity);
  const orders = all.PurchaseOrder.map(({ record }) => record);
  const known = (entity: AdventureWorksEntity) => new Set(all[entity].map(({ key }) => key));
  const [suppliers, parts] = [known("Supplier"), known("Part")];
  const lines = orders.flatMap(linesOf);
  const balances = all.InventoryBalance.map(({ record }) => record);
  const dangling = [
    ...[...orders, ...all.Part.flatMap(({ record }) => listOf(record, "suppliers"))].filter(
      ({ supplier }) => !suppliers.has(String(supplier)),
    ),
    ...[...lines, ...balances].filter(({ part }) => !parts.has(String(part))),
  ];
  return {
    counts: Object.fromEntries(
      ADVENTUREWORKS_ENTITIES.map((entity) => [entity, all[entity].length]),
    ) as Summary["counts"],
    lines: lines.length,
    totalDue: sumDecimals(orders.map(({ totalAmount }) => String(totalAmount))),
    unequal: orders.filter((order) => !addsUp(order)).map(({ poNumber }) => String(poNumber)),
    dangling: dangling.length,
  };
}

/** The subtotal is the sum of the lines; with tax and freight it makes the total. */
function addsUp(order: JsonObject): boolean {
  const { subtotal, taxAmount, freightAmount, totalAmount } = order;
  const parts = [subtotal, taxAmount, freightAmount].map(String);
  const lineSum = sumDecimals(linesOf(order).map(({ lineTotal }) => String(lineTotal)));
  return lineSum === subtotal && sumDecimals(parts) === totalAmount;
}

export function linesOf(order: JsonObject): JsonObject[] {
  return listOf(order, "lines");
}

function listOf(record: JsonObject, name: string): JsonObject[] {
  return (record[name] ?? []) as JsonObject[];
}

/** The counts of jobs by entity, in one line each for a comparison. */
export function countsOf(jobs: readonly Job[]): Record<string, Job["counts"]> {
  return Object.fromEntries(jobs.map(({ entityType, counts }) => [entityType, counts]));
}

/** An order that the MES makes; its vendor and parts are the ERP's. */
export function newOrder(poNumber: string): JsonObject {
  return {
    poNumber,
    supplier: "LITWARE0001",
    status: "PENDING",
    orderDate: "2026-03-02T08:15:00Z",
    currency: "USD",
    subtotal: "1402.0407",
    taxAmount: "98.1428",
    freightAmount: "12",
    totalAmount: "1512.1835",
    lines: [
      { lineNumber: "1", part: "AR-5381", quantity: "4", unit: "EA", unitPrice: "350.51", lineTotal: "1402.04" },
      { lineNumber: "2", part: "BA-8327", quantity: "7", unit: "EA", unitPrice: "0.0001", lineTotal: "0.0007" },
    ],
  };
}

/** The ERP takes an order as its own, under the number that the MES gave it, and shows it from now on. */
export async function takeOrder(source: ErpSource, one: HandedOver): Promise<string> {
  const id = String(one.head["PurchaseOrderID"]);
  await source.answer(one, { confirmed: id });
  await showOrder(source, one.head, one.lines);
  return id;
}

/** The ERP shows an order as it was handed over. */
export async function showOrder(source: ErpSource, head: JsonObject, lines: readonly JsonObject[]): Promise<void> {
  const row = (values: JsonObject): ErpRow =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, erpText(value)]));
  const PurchaseOrderID = erpText(head["PurchaseOrderID"]);
  const ownLines = lines.map((line) => ({ ...row(line), PurchaseOrderID }));
  await source.change({ PurchaseOrderHeader: [row(head)], PurchaseOrderDetail: ownLines });
}

function erpText(value: unknown): string {
  const text = String(value ?? "");
  const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(text);
  return time ? `${time[1]} ${time[2]}.000` : text;
}
