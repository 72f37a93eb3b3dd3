import type { Raw } from "@dovetail/adapter-sdk";
import type { EntityName, Json, JsonObject } from "@dovetail/domain";
import type { InboundResult } from "@dovetail/mapping";
import fc from "fast-check";
import { preparePage, type PreparedPage, type ResolveKeys } from "./page";

const seal = (payload: Json) => payload;
const nobody = async () => new Map<string, string>();

interface Row {
  externalId: string;
  partNumber: string;
  description: string;
  complete?: boolean;
  bad?: boolean;
}

async function prepare(
  rows: readonly Row[],
  entity: EntityName = "Part",
  resolve: ResolveKeys = nobody,
): Promise<PreparedPage> {
  const raws: Raw[] = rows.map(({ externalId, complete }) => ({
    externalId,
    body: {},
    ...(complete === undefined ? {} : { childrenComplete: complete }),
  }));
  const mapped: InboundResult[] = rows.map(({ partNumber, description, bad }) => ({
    record: { partNumber, description },
    refs: [],
    errors: bad ? [{ field: "description", rule: "expression", value: null, code: "ERP004" }] : [],
  }));
  return preparePage(entity, raws, mapped, resolve, seal);
}

const ids = fc.constantFrom("1", "2", "3", "4");
const row: fc.Arbitrary<Row> = fc.record(
  {
    externalId: ids,
    partNumber: fc.constantFrom("A", "B", "C", "", "bad\nkey"),
    description: fc.constantFrom("x", "y", "nul \0"),
    complete: fc.boolean(),
    bad: fc.boolean(),
  },
  { requiredKeys: ["externalId", "partNumber", "description"] },
);

describe("preparePage", () => {
  it("loses no row, repeats no key, external id or letter, and keeps one order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const page = await prepare(rows);
        expect(page.rows.length + page.letters.length + page.repeats).toBe(rows.length);
        const keys = page.rows.map(({ key }) => key);
        expect(keys).toEqual([...new Set(keys)].sort());
        const externals = page.rows.map(({ externalId }) => externalId);
        expect(new Set(externals).size).toBe(externals.length);
        const listed = page.letters.map(({ externalId }) => externalId);
        expect(new Set(listed).size).toBe(listed.length);
      }),
    );
  });

  it("rejects a row without an id for the reason that its adapter gives", async () => {
    const problem = "the key (VendorID) of this row is empty";
    const raw: Raw = { externalId: "", body: {}, problem };
    const mapped: InboundResult = { record: {}, refs: [], errors: [] };
    const { letters } = await preparePage("Part", [raw], [mapped], nobody, seal);
    expect(letters).toMatchObject([{ kind: "REJECTED", externalId: "", problem: { detail: problem } }]);
  });

  it("hands nothing on that would break jsonb or a newline-joined column", async () => {
    const odd = fc.string({ unit: "binary", minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(odd, odd, odd, async (externalId, partNumber, version) => {
        const raw = { externalId, version, body: {} };
        const mapped = { record: { partNumber } as JsonObject, refs: [], errors: [] };
        const page = await preparePage("Part", [raw], [mapped], nobody, () => null);
        for (const each of page.rows)
          expect(`${each.key}${each.externalId}${each.erpVersion ?? ""}`).not.toMatch(/[\n\0]|\p{Surrogate}/u);
        expect(JSON.stringify(page.letters)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
      }),
    );
  });

  it("says what is wrong with a row, and which rows wait", async () => {
    const page = await prepare([
      { externalId: "1", partNumber: "A", description: "x" },
      { externalId: "2", partNumber: "A", description: "other" },
      { externalId: "3", partNumber: "B", description: "x", complete: false },
      { externalId: "4", partNumber: "C", description: "x", bad: true },
      { externalId: "x".repeat(501), partNumber: "D", description: "x" },
    ]);
    const said = page.letters.map(({ externalId, kind, reason, problem }) => [
      externalId.length > 9 ? "long" : externalId,
      kind,
      reason,
      problem?.errors?.[0]?.rule,
    ]);
    expect(said).toEqual([
      ["3", "PARKED", "INCOMPLETE", undefined],
      ["4", "REJECTED", "ERP004", "expression"],
      ["long", "REJECTED", "ERP008", "maxLength"],
      ["2", "REJECTED", "ERP008", "duplicateKey"],
    ]);
  });

  it("of two rows with one key keeps the linked one, whichever comes first, and parks the other for a person", async () => {
    const rows = ["56", "57"].map((externalId) => ({ externalId, partNumber: "A", description: externalId }));
    const linked = async () => new Map([["57", "A"]]);
    for (const order of [rows, [...rows].reverse()]) {
      const page = await prepare(order, "Part", linked);
      expect(page.rows).toMatchObject([{ key: "A", externalId: "57" }]);
      expect(page.letters).toMatchObject([
        { kind: "PARKED", reason: "DUPLICATE_KEY", key: "A", externalId: "56", payload: { externalId: "56" } },
      ]);
    }
    const first = await prepare(rows);
    expect(first.rows).toMatchObject([{ externalId: "56" }]);
    expect(first.letters).toMatchObject([{ kind: "REJECTED", reason: "ERP008", externalId: "57" }]);
  });

  it("puts the keys of parents in place of their external ids, one look-up per entity", async () => {
    const holder: JsonObject = { poNumber: "PO", supplier: "41", lines: [] };
    const ref = { holder, field: "supplier", path: "supplier", entity: "Supplier" as const, externalId: "41" };
    const raw = { externalId: "1", body: {} };
    const asked: string[][] = [];
    const resolve = async (_entity: EntityName, wanted: ReadonlySet<string>) => {
      asked.push([...wanted]);
      return new Map([["41", "SUP-1"]]);
    };
    const mapped = { record: holder, refs: [ref], errors: [] };
    const page = await preparePage("PurchaseOrder", [raw], [mapped], resolve, seal);
    expect(asked).toEqual([["41"]]);
    expect(JSON.parse(page.rows[0]?.doc ?? "{}")).toMatchObject({ supplier: "SUP-1" });
    const none = { ...mapped, refs: [{ ...ref, externalId: "42" }] };
    const waiting = await preparePage("PurchaseOrder", [raw], [none], nobody, seal);
    expect(waiting.letters).toMatchObject([{ kind: "PARKED", reason: "UNKNOWN_PARENT", waitingId: "42" }]);
  });
});
