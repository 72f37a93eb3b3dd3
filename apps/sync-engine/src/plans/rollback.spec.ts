import { ENTITIES, type JsonObject } from "@dovetail/domain";
import { changesOf, operationOf, type FollowingPush, type RecordState } from "./plan";
import { referencesTo, rollbackItem, type JobChange } from "./rollback";

const doc = (name: string): JsonObject => ({ supplierNumber: "S-1", name, custom: {} });
const change = (part: Partial<JobChange>): JobChange => ({
  page: 1,
  n: 0,
  key: "S-1",
  op: "u",
  before: doc("Old"),
  version: 2,
  doc: doc("New"),
  deleted: false,
  touched: false,
  ...part,
});
const pushes = (operation: string): FollowingPush[] => [{ integration: 2, operation, offered: true }];
const planned = (part: Partial<JobChange>) => rollbackItem("Supplier", 1, change(part), pushes);

describe("SYN-12: what takes one record back", () => {
  it("is the opposite of what the job did, on the version that it left", () => {
    expect(planned({})).toMatchObject({
      operation: "update",
      changes: [{ field: "name", old: "New", new: "Old" }],
      assumed: { version: 2, link: null },
      pushes: [{ operation: "update" }],
    });
    expect(planned({ op: "c", before: null, version: 1 })).toMatchObject({
      operation: "delete",
      assumed: { version: 1 },
    });
    expect(planned({ op: "d", doc: doc("Old"), deleted: true })).toMatchObject({
      operation: "create",
      pushes: [{ operation: "create" }],
    });
  });

  it("is nothing where the record is gone already", () => {
    expect(planned({ op: "c", before: null, deleted: true })).toMatchObject({ operation: "skip" });
  });

  it("holds what was touched, what is a fact, and what would break today's rules", () => {
    expect(planned({ touched: true })).toMatchObject({ operation: "hold", reason: "TOUCHED" });
    expect(planned({ before: { supplierNumber: "S-1", name: 7 } })).toMatchObject({
      operation: "hold",
      reason: "INVALID",
    });
    expect(rollbackItem("Receipt", 1, change({}), pushes)).toMatchObject({ operation: "hold", reason: "FACT" });
  });

  it("knows every field by which records refer to an entity, lines included", () => {
    const paths = referencesTo("Supplier");
    expect(paths).toContainEqual({ entity: ENTITIES.PurchaseOrder.code, list: null, field: "supplier" });
    expect(paths).toContainEqual({ entity: ENTITIES.Part.code, list: "suppliers", field: "supplier" });
  });
});

describe("SYN-11: what a plan says of a record", () => {
  const state = (version: number, deleted = false): RecordState => ({
    key: "S-1",
    version,
    deleted,
    doc: doc("x"),
    shadow_hash: null,
    push_io: 0,
  });

  it("is told by the record before and after a trial of its merge", () => {
    expect(operationOf(state(0), state(1))).toBe("create");
    expect(operationOf(state(3, true), state(4))).toBe("create");
    expect(operationOf(state(3), state(4))).toBe("update");
    expect(operationOf(state(3), state(3))).toBe("skip");
    expect(operationOf(state(0), undefined)).toBe("skip");
  });

  it("is the difference field by field", () => {
    expect(changesOf("Supplier", doc("A"), { ...doc("B"), email: "b@example.com" })).toEqual([
      { field: "name", old: "A", new: "B" },
      { field: "email", old: null, new: "b@example.com" },
    ]);
  });
});
