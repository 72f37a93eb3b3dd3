import { memory } from "@dovetail/adapter-memory";
import type { EntitySettings } from "@dovetail/contracts";
import type { Account } from "../accounts/account";
import { isWatched, nextScanInMs, scanModeOf } from "./round";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;

function account(
  own: Partial<EntitySettings> = {},
  plan: object = { interval: "0 3 1 * *" },
  system = "MEMORY",
): Account {
  const entities = { PurchaseOrder: { direction: "both", master: true, keyPrefix: null, ...own } };
  const document = { status: "ACTIVE", syncSchedule: plan, entities, adapter: { system, version: 1 } };
  return { integrationId: "one", num: 1, deleted: false, document, mappings: {} } as unknown as Account;
}

describe("the nightly listing of stamps", () => {
  it("comes due within three hours after one at night, always at the same moment", () => {
    const due = nextScanInMs(account(), "PurchaseOrder", 0, NOW) ?? 0;
    expect(due).toBeGreaterThanOrEqual(13 * HOUR);
    expect(due).toBeLessThanOrEqual(16 * HOUR);
    expect(nextScanInMs(account(), "PurchaseOrder", 0, NOW + due - 1)).toBe(1);
    const tomorrow = nextScanInMs(account(), "PurchaseOrder", 0, NOW + due + 1);
    expect(tomorrow).toBe(24 * HOUR - 1);
  });

  it("follows its own schedule, and is switched off with it or with all schedules", () => {
    expect(nextScanInMs(account({ scanSchedule: "0 13 * * *" }), "PurchaseOrder", 0, NOW)).toBe(HOUR);
    expect(nextScanInMs(account({ scanSchedule: "off" }), "PurchaseOrder", 0, NOW)).toBeUndefined();
    expect(nextScanInMs(account({}, { enabled: false }), "PurchaseOrder", 60_000, NOW)).toBeUndefined();
    expect(nextScanInMs(account(), "Supplier", 60_000, NOW)).toBeUndefined();
  });

  it("is none of a system that lists nothing", () => {
    expect(memory.entities.PurchaseOrder?.stamps).toBeDefined();
    expect(scanModeOf(account(), "PurchaseOrder")).toBe("scan");
    expect(scanModeOf(account({}, {}, "FILE"), "PurchaseOrder")).toBeUndefined();
  });
});

describe("the watch on purchase orders", () => {
  it("SYN-17: asks an ERP that may change them, whatever its schedule, unless that is as quick", () => {
    expect(isWatched(account(), 60_000, 0)).toBe(true);
    expect(isWatched(account({}, {}), 60_000, 300_000)).toBe(true);
    expect(isWatched(account({}, {}), 60_000, 30_000)).toBe(false);
    expect(isWatched(account({ direction: "outbound", master: false }), 60_000, 0)).toBe(false);
    expect(isWatched(account({}, { enabled: false }), 60_000, 300_000)).toBe(false);
    expect(isWatched(account(), 0, 0)).toBe(false);
  });
});
