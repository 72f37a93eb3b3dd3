import { DomainError, keyOf, type EntityName, type JsonObject } from "./index";

describe("keyOf", () => {
  it.each<[EntityName, JsonObject, string]>([
    ["PurchaseOrder", { poNumber: "PO-1" }, "PO-1"],
    ["Part", { partNumber: "A|B" }, "A|B"],
    ["InventoryBalance", { part: "P", location: "L", lot: "7" }, "P|L|7"],
    ["InventoryBalance", { part: "P", location: "L" }, "P|L|"],
    ["InventoryBalance", { part: "P", location: "L", lot: null }, "P|L|"],
    ["CostPosting", { costPostingNumber: "C1" }, "C1"],
  ])("of %s %j is %s", (entity, record, expected) => expect(keyOf(entity, record)).toBe(expected));

  it.each<[EntityName, JsonObject, string, string]>([
    ["PurchaseOrder", {}, "poNumber", "required"],
    ["PurchaseOrder", { poNumber: "" }, "poNumber", "required"],
    ["PurchaseOrder", { poNumber: 4711 }, "poNumber", "type"],
    ["PurchaseOrder", { poNumber: "a\nb" }, "poNumber", "newline"],
    ["PurchaseOrder", { poNumber: "a\rb" }, "poNumber", "newline"],
    ["PurchaseOrder", { poNumber: "a\0b" }, "poNumber", "nul"],
    ["PurchaseOrder", { poNumber: "a\udc00" }, "poNumber", "unicode"],
    ["PurchaseOrder", { poNumber: "x".repeat(201) }, "poNumber", "maxLength"],
    ["InventoryBalance", { part: "P|L", location: "L" }, "part", "separator"],
    ["InventoryBalance", { part: "P", lot: "1" }, "location", "required"],
  ])("of %s %j is refused: %s %s", (entity, record, field, rule) => {
    let error: unknown;
    try {
      keyOf(entity, record);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: "ERP008", field, rule, retryable: false });
  });
});
