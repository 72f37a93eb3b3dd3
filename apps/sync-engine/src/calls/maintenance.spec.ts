import type { JsonObject } from "@dovetail/domain";
import type { Account } from "../accounts/account";
import { maintenanceUntil } from "./maintenance";

const MINUTE = 60_000;
/** A Saturday. */
const NOON = Date.UTC(2026, 10, 21, 12, 0, 0);
const account = (maintenance: unknown) =>
  ({ document: { syncSchedule: { maintenance } as JsonObject } }) as unknown as Account;

describe("SYN-1: maintenance windows", () => {
  it("last from each turn for their minutes, in UTC, whenever one asks", () => {
    const saturdays = [{ cron: "0 11 * * 6", minutes: 120 }];
    const at = (now: number) => maintenanceUntil(account(saturdays), now);
    expect(at(NOON - 61 * MINUTE)).toBeUndefined();
    expect(at(NOON - 60 * MINUTE)).toBe(120 * MINUTE);
    expect(at(NOON)).toBe(60 * MINUTE);
    expect(at(NOON + 60 * MINUTE - 1)).toBe(1);
    expect(at(NOON + 60 * MINUTE)).toBeUndefined();
    expect(at(NOON + 24 * 60 * MINUTE)).toBeUndefined();
  });

  it("are found by one account as time goes by", () => {
    const one = account([{ cron: "0 * * * *", minutes: 10 }]);
    const open = [];
    for (let minute = 0; minute < 180; minute++)
      if (maintenanceUntil(one, NOON + minute * MINUTE) === undefined) open.push(minute % 60);
    expect(open).toHaveLength(150);
    expect(Math.min(...open)).toBe(10);
  });

  it("that overlap or follow each other are one", () => {
    const joined = account([
      { cron: "0 12 * * *", minutes: 30 },
      { cron: "20 12 * * *", minutes: 40 },
      { cron: "0 13 * * *", minutes: 5 },
    ]);
    expect(maintenanceUntil(joined, NOON)).toBe(65 * MINUTE);
  });

  it("are none where none are said", () => {
    expect(maintenanceUntil(account(undefined), NOON)).toBeUndefined();
    expect(maintenanceUntil(account([]), NOON)).toBeUndefined();
  });
});
