import fc from "fast-check";
import { validRecord } from "../test/arbitrary";
import { canonicalJson, diffRecords, ENTITY_NAMES, recordHash, validateRecord, type JsonObject } from "./index";

const text = (record: JsonObject) => canonicalJson("PurchaseOrder", record);

describe("canonicalJson", () => {
  it("writes declared fields in declared order, normalised", () => {
    expect(
      text({
        custom: { b: [null, { d: 1, c: null }], a: "x" },
        totalAmount: "0222.1500",
        notes: null,
        orderDate: "2026-11-20T13:00:00.120+01:00",
        supplier: "",
        poNumber: 'P"1',
        lines: [
          { lineNumber: "10", custom: {} },
          { quantity: "-0.0", lineNumber: "9" },
        ],
      }),
    ).toBe(
      '{"poNumber":"P\\"1","orderDate":"2026-11-20T12:00:00.12Z","totalAmount":"222.15",' +
        '"lines":[{"lineNumber":"9","quantity":"0"},{"lineNumber":"10"}],"custom":{"a":"x","b":[null,{"d":1}]}}',
    );
  });

  it("always has custom", () => {
    expect(text({ poNumber: "P" })).toBe('{"poNumber":"P","custom":{}}');
    expect(text({})).toBe('{"custom":{}}');
  });

  it("is one line, whatever the text", () => {
    expect(text({ poNumber: "P", notes: "a\nb\\\u2028\t😀\ud800" })).not.toMatch(/[\n\r]/);
  });

  it.each(ENTITY_NAMES)("of %s is stable, valid and blind to order", (entity) => {
    fc.assert(
      fc.property(validRecord(entity), (record) => {
        const canonical = canonicalJson(entity, record);
        const parsed: JsonObject = JSON.parse(canonical);
        expect(canonicalJson(entity, parsed)).toBe(canonical);
        expect(validateRecord(entity, parsed)).toEqual([]);
        const reversed = Object.fromEntries(
          Object.entries(record)
            .reverse()
            .map(([name, value]) => [name, Array.isArray(value) ? [...value].reverse() : value]),
        );
        expect(canonicalJson(entity, reversed)).toBe(canonical);
        expect(diffRecords(entity, record, parsed)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

it("hashes by SHA-256", () => {
  // FIPS 180-2, appendix B.1
  expect(recordHash("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

describe("diffRecords", () => {
  it("names what says something else", () => {
    const before = {
      poNumber: "P",
      totalAmount: "4.0",
      notes: null,
      lines: [{ lineNumber: "1" }, { lineNumber: "2" }],
    };
    const after = { poNumber: "P", totalAmount: "4", status: "x", lines: [{ lineNumber: "2" }, { lineNumber: "1" }] };
    expect(diffRecords("PurchaseOrder", before, after)).toEqual(["status"]);
    const more = { ...after, lines: [{ lineNumber: "1" }], custom: { a: 1 } };
    expect(diffRecords("PurchaseOrder", after, more)).toEqual(["lines", "custom"]);
  });

  it("agrees with the canonical text", () => {
    fc.assert(
      fc.property(validRecord("WorkOrder"), validRecord("WorkOrder"), (a, b) => {
        const same = canonicalJson("WorkOrder", a) === canonicalJson("WorkOrder", b);
        expect(diffRecords("WorkOrder", a, b).length === 0).toBe(same);
      }),
    );
  });
});
