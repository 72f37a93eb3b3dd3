import * as fc from "fast-check";
import { joinKey, splitKey } from "./external-id";
import { toLocal, toUtc } from "./times";

describe("times without a zone", () => {
  it("are read in the declared zone", () => {
    expect(toUtc("2026-07-01T12:00:00.250000", "Europe/Oslo")).toBe("2026-07-01T10:00:00.250000Z");
    expect(toUtc("2026-01-01T00:30:00", "Europe/Oslo")).toBe("2025-12-31T23:30:00Z");
    expect(toUtc("2026-01-01T00:30:00.123", "UTC")).toBe("2026-01-01T00:30:00.123Z");
  });

  it("come back from every moment outside of the hour that is repeated", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 364 * 86_400 }),
        fc.constantFrom("UTC", "Europe/Oslo", "Asia/Kolkata"),
        (s, zone) => {
          const moment = new Date(Date.UTC(2026, 0, 1) + s * 1000).toISOString().slice(0, 19) + "Z";
          const repeated =
            zone === "Europe/Oslo" && moment >= "2026-10-25T00:00:00Z" && moment < "2026-10-25T02:00:00Z";
          return repeated || toUtc(toLocal(moment, zone), zone) === moment;
        },
      ),
    );
  });
});

it("keys of several parts come back from their external id", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (parts) => {
      expect(splitKey(joinKey(parts), parts.length)).toEqual(parts);
    }),
  );
});
