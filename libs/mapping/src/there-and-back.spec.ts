import { normaliseDatetime, normaliseDecimal, type Json, type JsonObject } from "@dovetail/domain";
import * as fc from "fast-check";
import { compileMapping } from "./compile";
import type { FieldMapping } from "./document";

const digits = fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n });
const decimal = fc.tuple(digits, fc.nat(10)).map(([n, scale]) => {
  const text = n
    .toString()
    .replace("-", "")
    .padStart(scale + 1, "0");
  const point = text.length - scale;
  return (
    normaliseDecimal(`${n < 0n ? "-" : ""}${text.slice(0, point)}${scale > 0 ? `.${text.slice(point)}` : ""}`) ?? "0"
  );
});
const longDecimal = fc.stringMatching(/^[1-9][0-9]{0,40}(\.[0-9]{0,20}[1-9])?$/);
const second = fc
  .integer({ min: 0, max: 4_000_000_000 })
  .map((s) => normaliseDatetime(new Date(s * 1000).toISOString()) ?? "");
const day = second.map((text) => text.slice(0, 10));
const word = fc.string({ minLength: 1, maxLength: 20 });
const status = fc.constantFrom("DRAFT", "APPROVED", "SENT");
const map = { DRAFT: 10, APPROVED: "20", SENT: true };
const unit = fc.constantFrom("KGM", "EA", "H87", "MTR");

/** Rules that lose nothing, each with the MES values that it must keep. */
const RULES: [string, Omit<FieldMapping, "mesField">, fc.Arbitrary<Json>][] = [
  ["text", { dataType: "string" }, word],
  ["decimal as a number", { dataType: "decimal" }, decimal],
  ["decimal as text", { dataType: "decimal", erpType: "string" }, longDecimal],
  ["integer", { dataType: "integer" }, fc.maxSafeInteger().filter((n) => Math.abs(n) < 1e15)],
  ["boolean", { dataType: "boolean" }, fc.boolean()],
  ["date", { dataType: "date", transform: [{ name: "ISO_DATE", format: "dd.MM.yyyy" }] }, day],
  ["compact date", { dataType: "date", transform: [{ name: "ISO_DATE", format: "yyyyMMdd" }] }, day],
  ["time", { dataType: "datetime", transform: [{ name: "ISO_DATE", format: "yyyy-MM-dd HH:mm:ss" }] }, second],
  [
    "time of a zone",
    { dataType: "datetime", transform: [{ name: "ISO_DATE", zone: "+05:30", format: "yyyyMMddHHmmss" }] },
    second,
  ],
  ["OData time", { dataType: "datetime", transform: [{ name: "ISO_DATE", format: "odata" }] }, second],
  ["epoch", { dataType: "datetime", transform: [{ name: "ISO_DATE", format: "epoch" }] }, second],
  ["value map", { dataType: "string", transform: [{ name: "VALUE_MAP", map }] }, status],
  ["unit", { dataType: "string", transform: [{ name: "UNIT", map: { KGM: "kilo" } }] }, unit],
  [
    "split",
    {
      dataType: "string",
      transform: [
        { name: "SPLIT", separator: ";" },
        { name: "CONCAT", separator: ";" },
      ],
    },
    fc.constantFrom("a;b", "a"),
  ],
  ["reference", { dataType: "reference", references: "Supplier" }, word],
  ["nested path", { dataType: "string", erpField: "$.a.b['c d']" }, word],
];

describe("out and back in", () => {
  it.each(RULES)("keeps every value: %s", async (_name, rule, values) => {
    const mappings = [{ mesField: "custom.x", erpField: "X", ...rule }];
    const compiled = await compileMapping({ entityType: "PurchaseOrder", mappings }, { entity: "PurchaseOrder" });
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const record: JsonObject = { custom: { x: value } };
        const { body, errors } = await compiled.outbound(record, { resolve: () => undefined });
        expect(errors).toEqual([]);
        const [result] = await compiled.inbound([JSON.parse(JSON.stringify(body)) as JsonObject]);
        expect(result).toEqual({ record, refs: [], errors: [] });
      }),
      { numRuns: 200 },
    );
  });

  it("keeps lines in their order", async () => {
    const fields = [
      { mesField: "lineNumber", erpField: "NO" },
      { mesField: "quantity", erpField: "QTY" },
    ];
    const mappings: FieldMapping[] = [{ mesField: "lines", erpField: "$.doc.lines[*]", dataType: "list", fields }];
    const compiled = await compileMapping({ entityType: "PurchaseOrder", mappings }, { entity: "PurchaseOrder" });
    const line = fc.record({ lineNumber: word, quantity: decimal });
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        const { body } = await compiled.outbound({ lines }, { resolve: () => undefined });
        expect((await compiled.inbound([body]))[0]?.record).toEqual({ lines });
      }),
    );
  });
});
