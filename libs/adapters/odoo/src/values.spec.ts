import * as fc from "fast-check";
import type { JsonObject } from "@dovetail/domain";
import { numberLines, rankOf } from "./line-numbers";
import { cleanNumber, type Field, isoTime, odooTime, tidier, toOdoo } from "./values";

const field = (type: string, extra: Partial<Field> = {}): Field => ({ type, label: "", required: false, ...extra });

describe("values", () => {
  it("tells false that is empty from false that is a value", () => {
    const fields = new Map([
      ["active", field("boolean")],
      ["parent_id", field("many2one")],
      ["date_order", field("datetime")],
    ]);
    const row = { active: false, parent_id: false, date_order: "2026-11-20 10:30:07" };
    expect(tidier(Object.keys(row), fields, () => 2)(row)).toEqual({
      active: false,
      parent_id: null,
      date_order: "2026-11-20T10:30:07Z",
    });
  });

  it("takes the noise of binary floats out, at the scale of field or currency", () => {
    const fields = new Map([
      ["q", field("float", { scale: 2 })],
      ["p", field("float")],
      ["a", field("monetary", { currencyField: "currency_id" })],
    ]);
    const row: JsonObject = { q: 30.000000000000004, p: 0.1 + 0.2, a: 1.0006, currency_id: [2, "KWD"] };
    expect(tidier(Object.keys(row), fields, (id) => (id === 2 ? 3 : 2))(row)).toMatchObject({
      q: 30,
      p: 0.3,
      a: 1.001,
    });
  });

  it("never shows more than 15 significant digits", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), (n) => {
        const digits = String(cleanNumber(n))
          .replace(/e.*$/, "")
          .replace(/^-?0*\.?0*|\D/g, "");
        expect(digits.length).toBeLessThanOrEqual(15);
      }),
    );
  });

  it("writes times as Odoo keeps them and reads them back", () => {
    const instant = fc.integer({ min: 0, max: 4e9 });
    fc.assert(fc.property(instant, (s) => expect(Date.parse(isoTime(odooTime(s * 1000)))).toBe(s * 1000)));
    expect(odooTime("2026-11-20T12:30:00+02:00")).toBe("2026-11-20 10:30:00");
  });

  it("writes what Odoo's field takes", () => {
    expect(toOdoo("partner_id", ["7"], field("many2one"))).toBe(7);
    expect(toOdoo("partner_id", null, field("many2one"))).toBe(false);
    expect(toOdoo("price", "50.26", field("float"))).toBe(50.26);
    expect(toOdoo("day", "2026-11-20T00:00:00Z", field("date"))).toBe("2026-11-20");
    expect(() => toOdoo("partner_id", ["SUP-1"], field("many2one"))).toThrow(/not the id/);
    expect(() => toOdoo("price", "much", field("float"))).toThrow(/not a number/);
    expect(() => toOdoo("at", "never", field("datetime"))).toThrow(/not a time/);
  });
});

describe("line numbers", () => {
  it("come back as they were given, whatever else stands in the document", () => {
    const ours = fc.uniqueArray(fc.integer({ min: 1, max: 999_999 }), { maxLength: 20 });
    fc.assert(
      fc.property(ours, fc.integer({ min: 0, max: 20 }), (numbers, others) => {
        const lines: JsonObject[] = [
          ...Array.from({ length: others }, () => ({ sequence: 10 })),
          ...numbers.map((n) => ({ sequence: rankOf(String(n)) })),
        ].map((line, i) => ({ ...line, id: i + 1 }));
        numberLines(lines);
        expect(lines.slice(others).map((line) => line["_line"])).toEqual(numbers.map(String));
        expect(new Set(lines.map((line) => line["_line"])).size).toBe(lines.length);
      }),
    );
  });

  it("refuses what a rank cannot carry", () => {
    for (const line of ["0", "00010", "1.1", "1000000", "A", null]) expect(() => rankOf(line)).toThrow(/line numbers/);
  });
});
