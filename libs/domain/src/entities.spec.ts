import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import {
  ENTITIES,
  ENTITY_NAMES,
  entityByCode,
  expandEntityGroup,
  isEntityName,
  validateRecord,
  type FieldDefinition,
} from "./index";

function every(fields: readonly FieldDefinition[], visit: (field: FieldDefinition) => void): void {
  for (const field of fields) {
    visit(field);
    every(field.fields ?? [], visit);
  }
}

describe("ENTITIES", () => {
  it("gives each entity its own code", () => {
    expect(Object.keys(ENTITIES).sort()).toEqual([...ENTITY_NAMES].sort());
    for (const name of ENTITY_NAMES) {
      expect(ENTITIES[name].name).toBe(name);
      expect(entityByCode(ENTITIES[name].code)).toBe(ENTITIES[name]);
    }
    expect(entityByCode(0)).toBeUndefined();
  });

  /** Stored in databases: a change here is a migration there. */
  it("keeps its codes", () => {
    expect(ENTITY_NAMES.map((name) => [ENTITIES[name].code, name]).sort(([a], [b]) => Number(a) - Number(b))).toEqual([
      [1, "Supplier"],
      [2, "Customer"],
      [3, "Contact"],
      [4, "Technician"],
      [5, "Vessel"],
      [6, "Port"],
      [7, "GlAccount"],
      [8, "Part"],
      [9, "CatalogItem"],
      [10, "InventoryBalance"],
      [11, "WorkOrder"],
      [12, "PurchaseOrder"],
      [13, "SalesOrder"],
      [14, "Order"],
      [15, "Ticket"],
      [16, "Requisition"],
      [17, "Rfq"],
      [18, "Receipt"],
      [19, "Shipment"],
      [20, "InventoryTransaction"],
      [21, "CostPosting"],
      [22, "Invoice"],
      [23, "Payment"],
      [24, "GlTransaction"],
    ]);
  });

  it("tells facts from state", () => {
    expect(ENTITY_NAMES.filter((name) => ENTITIES[name].kind === "fact")).toEqual([
      "Receipt",
      "Shipment",
      "InventoryTransaction",
      "CostPosting",
      "Invoice",
      "Payment",
      "GlTransaction",
    ]);
  });

  it.each(ENTITY_NAMES)("defines %s in itself consistently", (name) => {
    const { fields, key, optionalKey = [] } = ENTITIES[name];
    for (const part of key) {
      const field = fields.find((candidate) => candidate.name === part);
      expect(field?.required === true).toBe(!optionalKey.includes(part));
      expect(field?.maxLength).toBeDefined();
    }
    expect(fields.filter((field) => field.type === "object" && !field.fields).map((field) => field.name)).toEqual([
      "custom",
    ]);
    every(fields, (field) => {
      expect(field.description).toMatch(/[.…]$/);
      expect(field.type === "reference").toBe(field.references !== undefined);
      expect(field.type === "enum").toBe(field.values !== undefined);
      if (field.type !== "list") return;
      const names = (field.fields ?? []).map((member) => member.name);
      expect(new Set(names).size).toBe(names.length);
      expect(field.fields?.find((member) => member.name === field.lineKey)?.required).toBe(true);
    });
    const names = fields.map((field) => field.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("expandEntityGroup", () => {
  it.each([
    ["Supplier", ["Supplier"]],
    ["suppliers", ["Supplier"]],
    ["purchaseOrders", ["PurchaseOrder"]],
    ["sales-orders", ["SalesOrder"]],
    ["inventory", ["InventoryBalance", "InventoryTransaction"]],
    ["AP", ["Supplier", "PurchaseOrder", "Invoice", "Payment", "GlTransaction"]],
    ["account-transactions", ["GlTransaction"]],
    ["chart-of-accounts", ["GlAccount"]],
    ["all", [...ENTITY_NAMES]],
    ["vendor", []],
    ["constructor", []],
  ])("reads %s", (word, expected) => expect(expandEntityGroup(word)).toEqual(expected));

  it("lists what a record refers to before the record", () => {
    const order = expandEntityGroup("transactional");
    expect(order.indexOf("PurchaseOrder")).toBeLessThan(order.indexOf("Receipt"));
  });

  it("covers every entity by a group", () => {
    const grouped = ["AR", "AP", "Sales", "masterData", "transactional", "inventory"].flatMap(expandEntityGroup);
    expect([...new Set(grouped)].sort()).toEqual([...ENTITY_NAMES].sort());
  });
});

it("knows names exactly", () => {
  expect(isEntityName("PurchaseOrder")).toBe(true);
  expect(isEntityName("purchaseOrder")).toBe(false);
});

const codes = join(__dirname, "../../../../shared/data/codes/unece_rec20_units.csv");
(existsSync(codes) ? it : it.skip)("takes every UN/ECE Rec 20 unit (needs ../shared/data)", () => {
  const units = readFileSync(codes, "utf8").trim().split("\n").slice(1);
  expect(units.length).toBeGreaterThan(1000);
  for (const row of units) {
    const unit = row.split(",")[1] ?? "";
    expect([unit, validateRecord("Part", { partNumber: "P", unit })]).toEqual([unit, []]);
  }
});
