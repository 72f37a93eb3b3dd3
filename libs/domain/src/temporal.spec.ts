import fc from "fast-check";
import { instantText } from "../test/arbitrary";
import { isDate, isDatetime, normaliseDatetime } from "./index";

it.each([
  ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"],
  ["2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00Z"],
  ["2026-11-20T12:00:00.1200Z", "2026-11-20T12:00:00.12Z"],
  ["2026-11-20T12:00:00.123456789+02:00", "2026-11-20T10:00:00.123456789Z"],
  ["2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z"],
  ["2026-01-31T00:00:00+00:00", "2026-01-31T00:00:00Z"],
])("normalises %s to %s", (text, expected) => expect(normaliseDatetime(text)).toBe(expected));

it.each([
  "2026-11-20",
  "2026-11-20T12:00:00",
  "2026-11-20 12:00:00Z",
  "2026-02-29T12:00:00Z",
  "2026-04-31T12:00:00Z",
  "2026-11-20T24:00:00Z",
  "2026-11-20T12:00:60Z",
  "2026-11-20T12:00:00+24:00",
  "2026-11-20T12:00:00.Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:30:00-01:00",
  "2026-11-20T12:00:00Z\n",
])("refuses %j", (text) => expect(normaliseDatetime(text)).toBeUndefined());

it("keeps the instant and settles on one text", () => {
  fc.assert(
    fc.property(instantText, (text) => {
      const normal = normaliseDatetime(text) ?? "";
      expect(Date.parse(normal)).toBe(Date.parse(text));
      expect(normaliseDatetime(normal)).toBe(normal);
      expect(isDatetime(normal)).toBe(true);
      expect(normaliseDatetime(new Date(text).toISOString())).toBe(normal);
    }),
  );
});

it("knows the days of the calendar", () => {
  for (let day = Date.UTC(1896, 0, 1); day < Date.UTC(1905, 0, 1); day += 86_400_000)
    expect(isDate(new Date(day).toISOString().slice(0, 10))).toBe(true);
  for (const text of ["1900-02-29", "2023-02-29", "2023-06-31", "2023-13-01", "2023-00-01", "2023-1-1", "2000-02-30"])
    expect(isDate(text)).toBe(false);
  expect(isDate("2000-02-29")).toBe(true);
});
