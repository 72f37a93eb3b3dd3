import fc from "fast-check";
import { validRecord } from "../test/arbitrary";
import { canonicalJson, diffRecords, threeWayMerge, type EntityName, type FieldPolicy, type JsonObject } from "./index";

const entities: EntityName[] = ["Supplier", "PurchaseOrder", "WorkOrder", "Rfq"];
const policies = fc.constantFrom<FieldPolicy[]>("erp", "mes", "newest", "manual").map((policy) => ({ "*": policy }));
const triple = (entity: EntityName) => fc.tuple(validRecord(entity), validRecord(entity), validRecord(entity));

describe.each(entities)("laws of the merge of %s", (entity) => {
  const text = (record: JsonObject) => canonicalJson(entity, record);
  const check = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, law), { numRuns: 80 });

  it("takes the read where nothing was edited", () =>
    check(fc.tuple(triple(entity), policies), ([[shadow, , read], policy]) => {
      const result = threeWayMerge(entity, { shadow, record: shadow, read }, policy);
      expect(text(result.merged)).toBe(text(read));
      expect(result).toMatchObject({ changed: diffRecords(entity, shadow, read), conflicts: [], settled: [] });
    }));

  it("keeps the record where the ERP changed nothing", () =>
    check(fc.tuple(triple(entity), policies), ([[shadow, record], policy]) => {
      const result = threeWayMerge(entity, { shadow, record, read: shadow }, policy);
      expect(text(result.merged)).toBe(text(record));
      expect(result).toMatchObject({ changed: [], conflicts: [], settled: [] });
    }));

  it("is idempotent, and says what it changed", () =>
    check(fc.tuple(triple(entity), policies), ([[shadow, record, read], policy]) => {
      const first = threeWayMerge(entity, { shadow, record, read }, policy);
      expect(first.changed).toEqual(diffRecords(entity, record, first.merged));
      const again = threeWayMerge(entity, { shadow: read, record: first.merged, read }, policy);
      expect(again).toMatchObject({ changed: [], conflicts: [], settled: [] });
      expect(text(again.merged)).toBe(text(first.merged));
    }));

  it("follows the ERP there and back", () =>
    check(triple(entity), ([a, b]) => {
      const there = threeWayMerge(entity, { shadow: a, record: a, read: b }, {});
      const back = threeWayMerge(entity, { shadow: b, record: there.merged, read: a }, {});
      expect(text(back.merged)).toBe(text(a));
    }));

  it("SYN-10: lists every conflict once, under manual or as settled", () =>
    check(triple(entity), ([shadow, record, read]) => {
      const manual = threeWayMerge(entity, { shadow, record, read }, { "*": "manual" });
      const mes = threeWayMerge(entity, { shadow, record, read }, { "*": "mes" });
      expect(manual.settled).toEqual([]);
      expect(mes.conflicts).toEqual([]);
      expect(manual.conflicts.map((c) => c.field)).toEqual(mes.settled.map((c) => c.field));
      expect(text(manual.merged)).toBe(text(mes.merged));
    }));

  it("changes no argument", () =>
    check(triple(entity), ([shadow, record, read]) => {
      const before = JSON.stringify([shadow, record, read]);
      threeWayMerge(entity, { shadow, record, read }, {});
      expect(JSON.stringify([shadow, record, read])).toBe(before);
    }));
});

describe("policies", () => {
  const sides = {
    shadow: { poNumber: "P", status: "a", notes: "n", custom: { x: 1, y: 1 } },
    record: { poNumber: "P", status: "b", notes: "m", custom: { x: 2, y: 1 } },
    read: { poNumber: "P", status: "c", notes: "n", custom: { x: 3, y: 4 } },
  };
  const merge = (policy: Record<string, FieldPolicy>, context = {}) =>
    threeWayMerge("PurchaseOrder", sides, policy, context);

  it("SYN-10: decides each field by its own", () => {
    const result = merge({ status: "mes", "custom.x": "manual", "*": "erp" });
    expect(result.merged).toEqual({ poNumber: "P", status: "b", notes: "m", custom: { x: 2, y: 4 } });
    expect(result.conflicts).toEqual([{ field: "custom.x", shadow: 1, record: 2, read: 3 }]);
    expect(result.settled).toMatchObject([{ field: "status", policy: "mes", winner: "mes" }]);
  });

  it.each([
    ["2026-01-01T00:00:10Z", "2026-01-01T00:00:00Z", "c"],
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z", "b"],
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z", "c"],
    [undefined, "2026-01-01T00:00:02Z", "c"],
    ["2026-01-01T00:00:00Z", undefined, "c"],
  ])("newest: ERP %s, ours %s", (erpModifiedAt, mesAcceptedAt, status) =>
    expect(merge({ status: "newest" }, { erpModifiedAt, mesAcceptedAt }).merged["status"]).toBe(status),
  );

  it("knows no shadow at a first meeting", () => {
    const first = { shadow: null, record: sides.record, read: { poNumber: "P", status: "c", vendorName: "v" } };
    expect(threeWayMerge("PurchaseOrder", first, { "*": "manual" })).toMatchObject({
      merged: { status: "b", notes: "m", vendorName: "v" },
      conflicts: [{ field: "status", shadow: null, record: "b", read: "c" }],
    });
  });

  it("does not take inherited members for values", () => {
    const free = { shadow: { custom: {} }, record: { custom: { constructor: 1 } }, read: { custom: { a: 2 } } };
    expect(threeWayMerge("Part", free, {}).merged["custom"]).toEqual({ constructor: 1, a: 2 });
  });
});

describe("lines", () => {
  const lines = (...list: JsonObject[]) => ({ poNumber: "P", lines: list });
  const line = (lineNumber: string, quantity: string, more: JsonObject = {}) => ({ lineNumber, quantity, ...more });
  const merge = (shadow: JsonObject, record: JsonObject, read: JsonObject, policy: Record<string, FieldPolicy> = {}) =>
    threeWayMerge("PurchaseOrder", { shadow, record, read }, policy);

  it("SYN-10: merge by key, member by member", () => {
    const result = merge(
      lines(line("1", "1", { unitPrice: "5" }), line("2", "2")),
      lines(line("1", "9", { unitPrice: "5.0" }), line("2", "2"), line("3", "3")),
      lines(line("10", "10"), line("2", "7"), line("1", "1.0", { unitPrice: "6" })),
    );
    expect(result.merged["lines"]).toEqual([
      line("1", "9", { unitPrice: "6" }),
      line("2", "7"),
      line("3", "3"),
      line("10", "10"),
    ]);
    expect(result).toMatchObject({ changed: ["lines"], conflicts: [], settled: [] });
  });

  it("go when the ERP drops them, unless edited here", () => {
    const [shadow, read] = [lines(line("1", "1"), line("2", "2")), lines(line("1", "1"))];
    expect(merge(shadow, lines(line("1", "5"), line("2", "2")), read).merged["lines"]).toEqual([line("1", "5")]);
    const edited = lines(line("1", "1"), line("2", "5"));
    expect(merge(shadow, edited, read, { lines: "mes" }).merged["lines"]).toEqual(edited.lines);
    expect(merge(shadow, edited, read, { lines: "erp" }).merged["lines"]).toEqual(read.lines);
    expect(merge(shadow, edited, read, { lines: "manual" }).conflicts).toMatchObject([
      { field: "lines[2]", read: null },
    ]);
  });

  it("stay deleted here, unless the ERP changed them", () => {
    const [shadow, record] = [lines(line("1", "1"), line("2", "2")), lines(line("2", "2"))];
    const unchanged = lines(line("1", "1"), line("2", "3"));
    expect(merge(shadow, record, unchanged).merged["lines"]).toEqual([line("2", "3")]);
    const changed = lines(line("1", "4"), line("2", "2"));
    expect(merge(shadow, record, changed).merged["lines"]).toEqual(changed.lines);
  });

  it("take a member's policy before the list's", () => {
    const result = merge(lines(line("1", "1")), lines(line("1", "2")), lines(line("1", "3")), {
      lines: "erp",
      "lines.quantity": "manual",
    });
    expect(result.conflicts).toEqual([{ field: "lines[1].quantity", shadow: "1", record: "2", read: "3" }]);
  });
});
