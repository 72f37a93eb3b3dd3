import type { Integration } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { Account } from "../accounts/account";
import { nextInMs, scheduleOf } from "./schedule";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 20, 12, 0, 0);

function account(syncSchedule: JsonObject, part: Partial<Integration> = {}): Account {
  const entities = { Supplier: {}, PurchaseOrder: { schedule: "*/5 * * * *" }, Part: {} };
  const document = { status: "ACTIVE", syncSchedule, entities, ...part } as unknown as Integration;
  return { document, deleted: false } as Account;
}

describe("scheduleOf", () => {
  const plan = { enabled: true, interval: "*/15 * * * *", suppliers: "0 2 * * *" };

  it("takes the entity's own first, then its word, then the interval, then the default", () => {
    expect(scheduleOf(account(plan), "PurchaseOrder", MINUTE)).toEqual({ cron: "*/5 * * * *" });
    expect(scheduleOf(account(plan), "Part", MINUTE)).toEqual({ cron: "*/15 * * * *" });
    expect(scheduleOf(account({ enabled: true }), "Part", MINUTE)).toEqual({ everyMs: MINUTE });
    expect(scheduleOf(account({ enabled: true }), "Part", 0)).toBeUndefined();
    expect(scheduleOf(account({ Part: "0 3 * * *", interval: "0 4 * * *" }), "Part", 0)).toEqual({ cron: "0 3 * * *" });
  });

  it("plans nothing for what is switched off, paused, gone or not carried", () => {
    expect(scheduleOf(account({ ...plan, enabled: false }), "Part", MINUTE)).toBeUndefined();
    expect(scheduleOf(account(plan, { status: "PAUSED" }), "Part", MINUTE)).toBeUndefined();
    expect(scheduleOf({ ...account(plan), deleted: true }, "Part", MINUTE)).toBeUndefined();
    expect(scheduleOf(account(plan), "Customer", MINUTE)).toBeUndefined();
  });
});

describe("nextInMs", () => {
  it("is in the future, in UTC, and never the turn that is now", () => {
    expect(nextInMs({ cron: "0 12 * * *" }, NOON)).toBe(24 * 60 * MINUTE);
    expect(nextInMs({ cron: "0 12 * * *" }, NOON - MINUTE)).toBe(MINUTE);
    expect(nextInMs({ everyMs: 5 * MINUTE }, NOON)).toBe(5 * MINUTE);
  });

  it("is one turn however many were missed", () => {
    const threeDaysLater = NOON + 3 * 24 * 60 * MINUTE + MINUTE;
    expect(nextInMs({ cron: "0 12 * * *" }, threeDaysLater)).toBe(24 * 60 * MINUTE - MINUTE);
  });

  it("is none for a date that never comes, and throws for what is no cron expression", () => {
    expect(nextInMs({ cron: "0 0 31 2 *" }, NOON)).toBeUndefined();
    expect(() => nextInMs({ cron: "soon" }, NOON)).toThrow();
  });
});
