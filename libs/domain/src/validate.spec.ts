import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { brokenRecord, validRecord } from "../test/arbitrary";
import { ENTITY_NAMES, jsonSchema, validateRecord, type EntityName, type Json, type JsonObject } from "./index";

const ajv = new Ajv2020({ strict: false, allErrors: false });
addFormats(ajv);

const schemas = new Map(ENTITY_NAMES.map((entity) => [entity, ajv.compile(jsonSchema(entity))]));
const bySchema = (entity: EntityName, record: JsonObject) => schemas.get(entity)?.(record);

const example: JsonObject = JSON.parse(
  '{"poNumber":"PO-1","supplier":"AUSTRALI0001","currency":"USD","totalAmount":"222.1492","lines":[{"lineNumber":"1","part":"AR-5381","quantity":"4","unit":"EA","unitPrice":"50.26","lineTotal":"201.04"}],"custom":{}}',
);

function rules(entity: EntityName, record: Json): string[] {
  return validateRecord(entity, record as JsonObject).map((error) => `${error.field}:${error.rule}`);
}

describe("validateRecord", () => {
  it("takes the record of the contract", () => {
    expect(validateRecord("PurchaseOrder", example)).toEqual([]);
    expect(bySchema("PurchaseOrder", example)).toBe(true);
  });

  it.each(ENTITY_NAMES)("agrees with the JSON Schema of %s", (entity) => {
    const agree = (record: JsonObject) =>
      expect(validateRecord(entity, record).length === 0).toBe(bySchema(entity, record));
    fc.assert(fc.property(brokenRecord(entity), agree), { numRuns: 150 });
    fc.assert(
      fc.property(validRecord(entity), (record) => {
        expect(validateRecord(entity, record)).toEqual([]);
        expect(bySchema(entity, record)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, JsonObject, string[]]>([
    ["missing key", {}, ["supplierNumber:required"]],
    ["empty key", { supplierNumber: "" }, ["supplierNumber:minLength"]],
    ["null key", { supplierNumber: null }, ["supplierNumber:required"]],
    ["newline in a key", { supplierNumber: "a\nb" }, ["supplierNumber:newline"]],
    ["NUL", { supplierNumber: "a", name: "a\0b" }, ["name:nul"]],
    ["newline in text", { supplierNumber: "a", notes: "a\nb" }, []],
    ["half a surrogate pair", { supplierNumber: "a", name: "a\ud800b" }, ["name:unicode"]],
    ["a whole pair", { supplierNumber: "a", name: "a😀b" }, []],
    ["a number for a decimal", { supplierNumber: "a", minimumOrderAmount: 1.5 }, ["minimumOrderAmount:type"]],
    ["an exponent", { supplierNumber: "a", minimumOrderAmount: "1e3" }, ["minimumOrderAmount:format"]],
    ["no zone", { supplierNumber: "a", createdAt: "2026-11-20T12:00:00" }, ["createdAt:format"]],
    ["undeclared", { supplierNumber: "a", naem: "x" }, ["naem:unknown"]],
    ["prototype as a name", JSON.parse('{"supplierNumber":"a","__proto__":1}'), ["__proto__:unknown"]],
    ["prototype in custom", JSON.parse('{"supplierNumber":"a","custom":{"__proto__":1}}'), ["custom.__proto__:name"]],
    ["NUL in a free name", { supplierNumber: "a", custom: { "a\0": 1 } }, ["custom.a\ufffd:nul"]],
    ["NUL in free JSON", { supplierNumber: "a", custom: { a: [{ b: "\0" }] } }, ["custom.a[0].b:nul"]],
    ["member of an object", { supplierNumber: "a", address: { town: "x" } }, ["address.town:unknown"]],
    ["nulls", { supplierNumber: "a", name: null, address: null, custom: null }, []],
  ])("judges %s", (_, record, expected) => expect(rules("Supplier", record)).toEqual(expected));

  it("refuses what is no object", () => {
    for (const record of [null, [], "x", 1]) expect(rules("Supplier", record)).toEqual([":type"]);
  });

  it("counts the limit of a field in bytes", () => {
    const fits = "ä".repeat(131_072);
    expect(rules("Supplier", { supplierNumber: "a", notes: fits })).toEqual([]);
    const [error] = validateRecord("Supplier", { supplierNumber: "a", notes: `${fits}a` });
    expect(error).toMatchObject({ field: "notes", rule: "maxLength", code: "ERP008" });
    expect(String(error?.value)).toHaveLength(200);
    expect(rules("Supplier", { supplierNumber: "a", custom: { x: `${fits}a` } })).toEqual(["custom.x:maxLength"]);
  });

  it("counts a declared length in characters", () => {
    expect(rules("Supplier", { supplierNumber: "😀".repeat(200) })).toEqual([]);
    expect(rules("Supplier", { supplierNumber: "😀".repeat(201) })).toEqual(["supplierNumber:maxLength"]);
  });

  it("shows no personal data and nothing that cannot be stored", () => {
    const errors = validateRecord("Supplier", { supplierNumber: "a\0\ud800", email: "jo\0@example.com" });
    expect(errors.map((error) => error.value)).toEqual(["a\ufffd\ufffd", "***"]);
  });

  it("stops at the depth that it allows", () => {
    let deep: Json = "x";
    for (let i = 0; i < 40; i++) deep = [deep];
    expect(rules("Supplier", { supplierNumber: "a", custom: { deep } })).toEqual([
      `custom.deep${"[0]".repeat(31)}:depth`,
    ]);
  });

  it("reports lines by place", () => {
    const lines: Json[] = [{ lineNumber: "1" }, { lineNumber: "1", quantity: "x" }, {}, 5];
    expect(rules("PurchaseOrder", { poNumber: "P", lines })).toEqual([
      "lines[1].quantity:format",
      "lines[1].lineNumber:duplicateKey",
      "lines[2].lineNumber:required",
      "lines[3]:type",
    ]);
  });

  it("keeps the separator out of keys of several parts only", () => {
    expect(rules("InventoryBalance", { part: "a|b", location: "L", lot: "" })).toEqual(["part:separator"]);
    expect(rules("Part", { partNumber: "a|b" })).toEqual([]);
  });

  it("stops counting at a hundred", () => {
    const lines = Array.from({ length: 1000 }, (_, i) => ({ lineNumber: String(i), quantity: "x" }));
    expect(rules("PurchaseOrder", { poNumber: "P", lines })).toHaveLength(100);
  });

  it("survives nesting that would exhaust the stack", () => {
    const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    expect(rules("Supplier", { supplierNumber: "a", custom: { deep } })).toHaveLength(1);
    expect(rules("Supplier", { supplierNumber: "a", address: deep, name: deep })).toEqual([
      "address:type",
      "name:type",
    ]);
  });
});
