import type { Json, JsonObject } from "@dovetail/domain";
import type { CompileOptions, InboundResult } from "./compiled";
import { compileMapping } from "./compile";
import type { FieldMapping, MappingDocument } from "./document";
import { MappingError } from "./mapping-error";
import { previewMapping } from "./preview";
import { closeDefaultSandbox } from "./sandbox/sandbox";

afterAll(() => closeDefaultSandbox());

/** The example of the contract. */
const PURCHASE_ORDER: MappingDocument = {
  integrationId: "impact-production",
  entityType: "PurchaseOrder",
  messageType: null,
  schemaVersion: "v2",
  mappings: [
    { mesField: "poNumber", erpField: "PO_NUM", dataType: "string", isRequired: true, description: "…" },
    {
      mesField: "supplier",
      erpField: "VENDOR_ID",
      dataType: "reference",
      references: "Supplier",
      referenceBy: "externalId",
      isRequired: true,
    },
    { mesField: "currency", dataType: "string", defaultValue: "USD" },
    { mesField: "totalAmount", erpField: "PO_TOTAL", dataType: "decimal", transform: [{ name: "ROUND", scale: 4 }] },
    {
      mesField: "orderDate",
      erpField: "ORDER_DATE",
      dataType: "datetime",
      transform: [{ name: "ISO_DATE", zone: "UTC" }],
    },
    { mesField: "vendorName", erpField: "VENDOR_NAME", dataType: "string", transformation: "value.toUpperCase()" },
    {
      mesField: "status",
      erpField: "PO_STATUS",
      dataType: "string",
      isRequired: true,
      transform: [{ name: "VALUE_MAP", map: { DRAFT: "10", APPROVED: "20", SENT: "30" }, otherwise: "keep" }],
      empty: "null",
    },
    {
      mesField: "lines",
      erpField: "$.LINES[*]",
      dataType: "list",
      fields: [
        { mesField: "lineNumber", erpField: "LINE_NO", dataType: "string", isRequired: true },
        { mesField: "part", erpField: "PART_ID", dataType: "reference", references: "Part", referenceBy: "externalId" },
        { mesField: "quantity", erpField: "QTY", dataType: "decimal" },
        { mesField: "unit", erpField: "UOM", dataType: "string", transform: [{ name: "UNIT" }] },
      ],
    },
    { mesField: "custom.buyer", erpField: "$.X_BUYER", dataType: "string" },
  ],
};
const ROW: JsonObject = {
  PO_NUM: "PO-1",
  VENDOR_ID: 17,
  PO_TOTAL: 222.14923,
  ORDER_DATE: "2026-11-20 12:00:00",
  VENDOR_NAME: "Acme",
  PO_STATUS: "20",
  LINES: [{ LINE_NO: 1, PART_ID: 5, QTY: 4, UOM: "ea" }],
  X_BUYER: "Jo",
};

async function mapAll(
  mappings: FieldMapping[],
  rows: JsonObject[],
  rest: Partial<MappingDocument & CompileOptions> = {},
) {
  const compiled = await compileMapping(
    { entityType: "PurchaseOrder", ...rest, mappings },
    { entity: "PurchaseOrder", ...rest },
  );
  return compiled.inbound(rows);
}
const one = async (
  mapping: FieldMapping,
  value: Json | undefined,
  rest: Partial<MappingDocument> = {},
): Promise<InboundResult> => {
  const [result] = await mapAll([{ erpField: "X", ...mapping }], [value === undefined ? {} : { X: value }], rest);
  if (result === undefined) throw new Error("no result");
  return result;
};
const problemOf = async (
  document: Partial<MappingDocument>,
  options: Partial<CompileOptions> = {},
): Promise<MappingError> => {
  const compiling = compileMapping(
    { entityType: "PurchaseOrder", mappings: [], ...document },
    { entity: "PurchaseOrder", ...options },
  );
  return compiling.then(
    () => Promise.reject(new Error("was accepted")),
    (error: unknown) => (error instanceof MappingError ? error : Promise.reject(error)),
  );
};

describe("a mapping document", () => {
  it("maps the contract's example in", async () => {
    const compiled = await compileMapping(PURCHASE_ORDER, { entity: "PurchaseOrder" });
    const [result] = await compiled.inbound([ROW]);
    expect(result?.errors).toEqual([]);
    expect(result?.record).toEqual({
      poNumber: "PO-1",
      supplier: "17",
      currency: "USD",
      totalAmount: "222.1492",
      orderDate: "2026-11-20T12:00:00Z",
      vendorName: "ACME",
      status: "APPROVED",
      lines: [{ lineNumber: "1", part: "5", quantity: "4", unit: "EA" }],
      custom: { buyer: "Jo" },
    });
    expect(result?.refs).toMatchObject([
      { field: "supplier", path: "supplier", entity: "Supplier", externalId: "17" },
      { field: "part", path: "lines[0].part", entity: "Part", externalId: "5" },
    ]);
    const [supplier, part] = result?.refs ?? [];
    expect(supplier?.holder).toBe(result?.record);
    expect(part?.holder).toBe((result?.record["lines"] as JsonObject[])[0]);
    expect(compiled.sourceFields).toEqual([
      "PO_NUM",
      "VENDOR_ID",
      "PO_TOTAL",
      "ORDER_DATE",
      "VENDOR_NAME",
      "PO_STATUS",
      "LINES",
      "X_BUYER",
    ]);
  });

  it("maps it out", async () => {
    const compiled = await compileMapping(PURCHASE_ORDER, { entity: "PurchaseOrder" });
    const [result] = await compiled.inbound([ROW]);
    const record = { ...result?.record, supplier: "ACME1" };
    const resolve = (entity: string, key: string) => `${entity}/${key}`;
    expect(await compiled.outbound(record, { resolve })).toEqual({
      errors: [],
      body: {
        PO_NUM: "PO-1",
        VENDOR_ID: "Supplier/ACME1",
        PO_TOTAL: 222.1492,
        ORDER_DATE: "2026-11-20T12:00:00Z",
        VENDOR_NAME: "ACME",
        PO_STATUS: "20",
        LINES: [{ LINE_NO: "1", PART_ID: "Part/5", QTY: 4, UOM: "EA" }],
        X_BUYER: "Jo",
      },
    });
    expect(compiled.outboundReferences(record)).toEqual([
      { entity: "Supplier", key: "ACME1" },
      { entity: "Part", key: "5" },
    ]);
    expect((await compiled.outbound(record, { resolve, changed: ["status", "custom"] })).body).toEqual({
      PO_STATUS: "20",
      X_BUYER: "Jo",
    });
    const unlinked = await compiled.outbound(record, { resolve: () => undefined, changed: ["supplier"] });
    expect(unlinked.errors).toMatchObject([{ field: "supplier", rule: "reference", value: "ACME1" }]);
  });

  it("reads the aliases and derives types", async () => {
    const [result] = await mapAll(
      [{ platformField: "totalAmount", sourceField: "T", required: true, default: "1.50" }],
      [{}],
    );
    expect(result?.record).toEqual({ totalAmount: "1.5" });
  });

  it("answers without a promise where nothing has to wait", async () => {
    const compiled = await compileMapping(
      { entityType: "Part", mappings: [{ mesField: "partNumber", erpField: "a" }] },
      { entity: "Part" },
    );
    expect(compiled.inbound([{ a: 1 }])).toEqual([{ record: { partNumber: "1" }, refs: [], errors: [] }]);
  });

  it("takes lines without rules by their own names", async () => {
    const [result] = await mapAll(
      [{ mesField: "lines", erpField: "$.rows[*]", transform: "MAP_ORDER_LINES" }],
      [{ rows: [{ lineNumber: "1", quantity: 2 }] }],
    );
    expect(result?.record).toEqual({ lines: [{ lineNumber: "1", quantity: "2" }] });
  });

  it("keeps own fields of lines", async () => {
    const fields = [{ mesField: "custom.lot", erpField: "LOT" }];
    const [result] = await mapAll([{ mesField: "lines", erpField: "L", fields }], [{ L: [{ LOT: "7" }] }]);
    expect(result?.record).toEqual({ lines: [{ custom: { lot: "7" } }] });
  });

  it("joins several members and splits them again", async () => {
    const mappings: FieldMapping[] = [
      { mesField: "buyer", transform: [{ name: "CONCAT", fields: ["FIRST", "LAST"], separator: " " }] },
    ];
    const compiled = await compileMapping({ entityType: "PurchaseOrder", mappings }, { entity: "PurchaseOrder" });
    expect((await compiled.inbound([{ FIRST: "Ada", LAST: "Byron" }]))[0]?.record).toEqual({ buyer: "Ada Byron" });
    expect((await compiled.outbound({ buyer: "Ada Byron" }, { resolve: () => undefined })).body).toEqual({
      FIRST: "Ada",
      LAST: "Byron",
    });
  });
});

describe("empty values", () => {
  const odoo = { emptyValues: [false, ""] };
  it.each<[string, FieldMapping, Json | undefined, Partial<MappingDocument>, JsonObject]>([
    ["false is nothing where declared", { mesField: "buyer" }, false, odoo, {}],
    [
      "a declared default stands in",
      { mesField: "buyer", empty: "default", defaultValue: "x" },
      "",
      odoo,
      { buyer: "x" },
    ],
    ["keep passes it on", { mesField: "buyer", empty: "keep" }, "", odoo, { buyer: "" }],
    ["null clears", { mesField: "buyer", empty: "null" }, "", {}, {}],
    ["undeclared empty text stays", { mesField: "buyer" }, "", {}, { buyer: "" }],
    ["a pair gives its id", { mesField: "supplier", erpField: "$.X[0]" }, [7, "Acme"], odoo, { supplier: "7" }],
    ["an empty pair gives nothing", { mesField: "supplier", erpField: "$.X[0]" }, false, odoo, {}],
  ])("%s", async (_name, mapping, value, document, record) => {
    expect(await one(mapping, value, document)).toEqual({ record, refs: [], errors: [] });
  });

  it("writes what the ERP calls empty when a field is cleared", async () => {
    const mappings = [{ mesField: "buyer", erpField: "$.partner_id[0]" }];
    const compiled = await compileMapping(
      { entityType: "PurchaseOrder", mappings, ...odoo },
      { entity: "PurchaseOrder" },
    );
    const resolve = () => undefined;
    expect((await compiled.outbound({}, { resolve, changed: ["buyer"] })).body).toEqual({ partner_id: false });
    expect((await compiled.outbound({}, { resolve })).body).toEqual({});
    expect((await compiled.outbound({ buyer: "4" }, { resolve })).body).toEqual({ partner_id: "4" });
  });
});

describe("a bad value", () => {
  it.each<[string, FieldMapping, Json | undefined, string, string]>([
    ["required", { mesField: "poNumber", isRequired: true }, null, "required", "ERP008"],
    ["type", { mesField: "totalAmount" }, "1,5", "type", "ERP008"],
    ["precision", { mesField: "totalAmount" }, 0.1 + 0.2, "precision", "ERP004"],
    ["no text", { mesField: "buyer" }, false, "type", "ERP008"],
    ["date", { mesField: "orderDate" }, "2026-02-30T00:00:00Z", "type", "ERP008"],
    ["transform", { mesField: "orderDate", transform: "ISO_DATE" }, "yesterday", "ISO_DATE", "ERP004"],
    [
      "value map",
      { mesField: "status", transform: [{ name: "VALUE_MAP", map: { A: "1" } }] },
      "9",
      "VALUE_MAP",
      "ERP004",
    ],
    ["expression", { mesField: "status", transformation: "value.nothing.here" }, "9", "expression", "ERP004"],
    [
      "number in an expression",
      { mesField: "totalAmount", transformation: "value" },
      "12345678901.234567",
      "precision",
      "ERP004",
    ],
    ["result of an expression", { mesField: "totalAmount", transformation: "value / 3" }, 1, "precision", "ERP004"],
  ])("fails its row alone: %s", async (_name, mapping, value, rule, code) => {
    const { errors } = await one(mapping, value);
    expect(errors).toMatchObject([{ field: mapping.mesField, rule, code }]);
  });

  it("fails one row of a page", async () => {
    const loop = "value === 2 ? (() => { for (;;) {} })() : value";
    const rows = Array.from({ length: 100 }, (_, i) => ({ X: i }));
    const results = await mapAll([{ mesField: "totalAmount", erpField: "X", transformation: loop }], rows);
    expect(results.filter(({ errors }) => errors.length > 0)).toHaveLength(1);
    expect(results[2]?.errors).toMatchObject([{ field: "totalAmount", rule: "expression", code: "ERP004", value: 2 }]);
    expect(results[99]?.record).toEqual({ totalAmount: "99" });
  });

  it("is cut and masked", async () => {
    expect((await one({ mesField: "totalAmount" }, "x".repeat(5000))).errors[0]?.value).toHaveLength(200);
    expect((await one({ mesField: "custom.password", dataType: "decimal" }, "hunter2")).errors[0]?.value).toBe("***");
  });

  it("names the line", async () => {
    const fields = [{ mesField: "quantity", erpField: "Q" }];
    const [result] = await mapAll([{ mesField: "lines", erpField: "L", fields }], [{ L: [{ Q: 1 }, { Q: "?" }, 5] }]);
    expect(result?.errors.map(({ field }) => field)).toEqual(["lines[1].quantity", "lines[2]"]);
  });
});

describe("a refused document", () => {
  const po = { mesField: "poNumber", erpField: "A" };
  it.each<[string, unknown[], Partial<CompileOptions>, Partial<MappingError>]>([
    [
      "unknown field",
      [po, { mesField: "totalAmout", erpField: "B" }],
      {},
      { field: "mappings[1].mesField", rule: "exists", suggestion: "totalAmount" },
    ],
    [
      "unknown line field",
      [{ mesField: "lines", erpField: "L", fields: [{ mesField: "quantty", erpField: "Q" }] }],
      {},
      { field: "mappings[0].fields[0].mesField", suggestion: "quantity" },
    ],
    [
      "unknown source",
      [{ ...po, erpField: "PO_TOTL" }],
      { knownSourceFields: ["PO_TOTAL"] },
      { field: "mappings[0].erpField", value: "PO_TOTL", suggestion: "PO_TOTAL" },
    ],
    ["unknown transform", [{ ...po, transform: "UPER" }], {}, { field: "mappings[0].transform", suggestion: "UPPER" }],
    ["unknown member", [{ ...po, isRequird: true }], {}, { field: "mappings[0].isRequird", suggestion: "isRequired" }],
    ["unknown type", [{ ...po, dataType: "decimial" }], {}, { field: "mappings[0].dataType", suggestion: "decimal" }],
    ["two rules of a field", [po, { ...po, erpField: "B" }], {}, { field: "mappings[1].mesField", rule: "duplicate" }],
    [
      "two writers of a member",
      [po, { mesField: "buyer", erpField: "A" }],
      {},
      { field: "mappings[1].erpField", rule: "duplicate" },
    ],
    [
      "statements",
      [{ ...po, transformation: "value; 1" }],
      {},
      { field: "mappings[0].transformation", rule: "expression" },
    ],
    ["no source", [{ mesField: "poNumber" }], {}, { field: "mappings[0].erpField", rule: "required" }],
    [
      "ambiguous map",
      [{ ...po, transform: [{ name: "VALUE_MAP", map: { A: "1", B: "1" } }] }],
      {},
      { field: "mappings[0].transform", rule: "ambiguous" },
    ],
    [
      "missing table",
      [{ ...po, transform: "AMOS_STATUS_TO_PLATFORM" }],
      {},
      { field: "mappings[0].transform", rule: "lookup" },
    ],
    ["broken path", [{ ...po, erpField: "$.a[?" }], {}, { field: "mappings[0].erpField", rule: "path" }],
    [
      "pattern in a path",
      [{ ...po, erpField: "$.a[?match(@.b, '(a+)+')]" }],
      {},
      { field: "mappings[0].erpField", rule: "path" },
    ],
    ["broken XPath", [{ ...po, erpField: "/a[" }], {}, { field: "mappings[0].erpField", rule: "path" }],
    [
      "unknown entity",
      [{ mesField: "supplier", erpField: "S", references: "Suplier" }],
      {},
      { suggestion: "Supplier" },
    ],
  ])("%s", async (_name, mappings, options, expected) => {
    expect(await problemOf({ mappings: mappings as FieldMapping[] }, options)).toMatchObject({
      code: "ERP003",
      ...expected,
    });
  });

  it("lists every problem", async () => {
    const error = await problemOf({
      mappings: [
        { mesField: "a", erpField: "A" },
        { mesField: "b", erpField: "B" },
      ],
    });
    expect(error.problems).toHaveLength(2);
  });
});

describe("paths", () => {
  it.each<[string, JsonObject, Json | undefined]>([
    ["$.a.b", { a: { b: "1" } }, "1"],
    ["$['a b'][0]", { "a b": ["x"] }, "x"],
    [
      "$.a[?@.k == 'b'].v",
      {
        a: [
          { k: "a", v: "1" },
          { k: "b", v: "2" },
        ],
      },
      "2",
    ],
    ["$..v", { a: { v: "deep" } }, "deep"],
    ["$.a[-1]", { a: ["x", "y"] }, "y"],
    ["constructor", {}, undefined],
    ["$.a.length", { a: "text" }, undefined],
    ["Order No. / x", { "Order No. / x": "1" }, "1"],
  ])("%s", async (erpField, row, buyer) => {
    const [result] = await mapAll([{ mesField: "buyer", erpField }], [row]);
    expect(result).toEqual({ record: buyer === undefined ? {} : { buyer }, refs: [], errors: [] });
  });
});

describe("XML rows", () => {
  const mappings: FieldMapping[] = [
    { mesField: "poNumber", erpField: "@id" },
    { mesField: "buyer", erpField: "Header/Buyer" },
    {
      mesField: "lines",
      erpField: "Line",
      dataType: "list",
      fields: [
        { mesField: "lineNumber", erpField: "No" },
        { mesField: "quantity", erpField: "Qty/@v" },
      ],
    },
  ];
  const xml = `<?xml version="1.0"?><!DOCTYPE Order SYSTEM "o.dtd"><Order id="PO-1"><Header><Buyer>Jo</Buyer></Header><Line><No>1</No><Qty v="2.50"/></Line><Line><No>2</No><Qty v="1"/></Line></Order>`;

  it("are read by XPath", async () => {
    const [result] = await mapAll(mappings, [{ xml }]);
    expect(result).toEqual({
      errors: [],
      refs: [],
      record: {
        poNumber: "PO-1",
        buyer: "Jo",
        lines: [
          { lineNumber: "1", quantity: "2.5" },
          { lineNumber: "2", quantity: "1" },
        ],
      },
    });
  });

  it.each([
    ["an internal subset", `<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`],
    ["one behind a comment", `<!-- x --><?p?><!DOCTYPE a SYSTEM "x>" [ ]><a/>`],
    ["broken markup", `<a><b></a>`],
  ])("with %s fail alone", async (_name, bad) => {
    const results = await mapAll(mappings, [{ xml }, { xml: bad }, { xml }]);
    expect(results.map(({ errors }) => errors.length)).toEqual([0, 1, 0]);
    expect(results[1]?.errors).toMatchObject([{ rule: "xml", code: "ERP008" }]);
  });
});

describe("directions", () => {
  it("of an expression and of a field", async () => {
    const mappings: FieldMapping[] = [
      {
        mesField: "buyer",
        erpField: "B",
        inboundTransformation: "value + '-in'",
        outboundTransformation: "value + '-out'",
      },
      { mesField: "type", erpField: "T", transformation: "value.toLowerCase()", direction: "inbound" },
      { mesField: "notes", erpField: "N", direction: "inbound" },
      { mesField: "revision", erpField: "R", readOnly: true },
    ];
    const compiled = await compileMapping({ entityType: "PurchaseOrder", mappings }, { entity: "PurchaseOrder" });
    const [result] = await compiled.inbound([{ B: "b", T: "T", N: "n", R: "r" }]);
    expect(result?.record).toEqual({ buyer: "b-in", type: "t", notes: "n", revision: "r" });
    const { body } = await compiled.outbound(
      { buyer: "b", type: "T", notes: "n", revision: "r" },
      { resolve: () => undefined },
    );
    expect(body).toEqual({ B: "b-out", T: "T" });
  });

  it("warns of what cannot be undone", async () => {
    const mappings = [{ mesField: "buyer", erpField: "B", transform: [{ name: "SPLIT", separator: "-", index: 0 }] }];
    const compiled = await compileMapping({ entityType: "PurchaseOrder", mappings }, { entity: "PurchaseOrder" });
    expect(compiled.warnings).toEqual(expect.arrayContaining([expect.stringContaining("is not sent")]));
  });
});

it("shows how a value came about", async () => {
  const compiled = await compileMapping(PURCHASE_ORDER, { entity: "PurchaseOrder" });
  const fields = await previewMapping(compiled, { ...ROW, LINES: [{ QTY: "?" }] });
  const of = (name: string) => fields.find(({ field }) => field === name);
  expect(of("vendorName")).toEqual({
    field: "vendorName",
    source: "Acme",
    steps: [{ step: "value.toUpperCase()", value: "ACME" }],
    result: "ACME",
  });
  expect(of("status")).toEqual({
    field: "status",
    source: "20",
    steps: [{ step: "VALUE_MAP", value: "APPROVED" }],
    result: "APPROVED",
  });
  expect(of("lines")?.error).toMatchObject({ field: "lines[0].lineNumber", rule: "required" });
});
