import { ProblemError } from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import { MappingError } from "@dovetail/mapping";
import { mappingProblem, notOffered, placedDocument } from "./mapping-rules";

const place = {
  integration: { id: "0198f3d2-0000-7000-8000-00000000000a", name: "odoo" },
  entityType: "Part",
} as const;
const placed = (document: JsonObject) => placedDocument(document, place);
const fields = (document: JsonObject) => {
  try {
    placed(document);
  } catch (error) {
    if (error instanceof ProblemError && error.code === "ERP003")
      return error.problem.errors?.map(({ field }) => field);
    throw error;
  }
  return [];
};

describe("a mapping document", () => {
  it("is put in its place, without a version of its own", () => {
    expect(placed({ mappings: [], version: 7, schemaVersion: "v2" })).toEqual({
      integrationId: "odoo",
      entityType: "Part",
      schemaVersion: "v2",
      mappings: [],
    });
    expect(placed({ integrationId: place.integration.id, mappings: [] })["integrationId"]).toBe("odoo");
  });

  it("is stored with the names that are no aliases, in lines too", () => {
    const rule = { platformField: "name", sourceField: "N", required: true, default: "-" };
    const stored = { mesField: "name", erpField: "N", isRequired: true, defaultValue: "-" };
    const lines = { mesField: "lines", erpField: "L", fields: [rule] };
    expect(placed({ mappings: [rule, lines] })["mappings"]).toEqual([stored, { ...lines, fields: [stored] }]);
    // What is no rule is for the compiler to refuse, both spellings at once too.
    const odd = ["x", null, { mesField: "a", platformField: "b" }];
    expect(placed({ mappings: odd })["mappings"]).toEqual(odd);
  });

  it("of another integration or entity, or with unknown members, is refused", () => {
    expect(fields({ integrationId: "sap", mappings: [] })).toEqual(["integrationId"]);
    expect(fields({ entityType: "Supplier", mappings: [] })).toEqual(["entityType"]);
    expect(fields({ mapings: [] })).toEqual(["mapings", "mappings"]);
    expect(fields({ mappings: {} })).toEqual(["mappings"]);
  });
});

describe("problems", () => {
  it("say what was probably meant", () => {
    const first = { field: "mappings[3].erpField", rule: "exists", value: "PO_TOTL", message: "no field PO_TOTL" };
    const { problem } = mappingProblem(new MappingError({ ...first, suggestion: "PO_TOTAL" }));
    expect(problem).toMatchObject({ code: "ERP003", status: 422, errors: [{ ...first, code: "ERP003" }] });
    expect(problem.resolution).toContain("Did you mean PO_TOTAL?");
    expect(mappingProblem(new MappingError(first)).problem.resolution).not.toContain("Did you mean");
  });

  it("list what the system offers", () => {
    expect(notOffered("Ticket", "ACME", ["Part", "Supplier"]).problem.resolution).toBe("ACME offers Supplier, Part.");
  });
});
