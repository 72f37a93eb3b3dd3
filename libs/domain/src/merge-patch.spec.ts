import fc from "fast-check";
import { freeJson } from "../test/arbitrary";
import { mergePatch, type Json } from "./index";

/** RFC 7386, appendix A. */
it.each<[Json, Json, Json]>([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("patches %j by %j", (target, patch, expected) => expect(mergePatch(target, patch)).toEqual(expected));

it("changes no argument and, applied again, nothing", () => {
  fc.assert(
    fc.property(freeJson, freeJson, (target, patch) => {
      const before = JSON.stringify([target, patch]);
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
      expect(JSON.stringify([target, patch])).toBe(before);
    }),
  );
});

it("leaves prototypes alone", () => {
  const merged = mergePatch({ a: 1 }, JSON.parse('{"__proto__":{"polluted":true},"constructor":{"b":1}}'));
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(JSON.stringify(merged)).toBe('{"a":1,"__proto__":{"polluted":true},"constructor":{"b":1}}');
});

it("refuses a patch without end", () => {
  const deep = JSON.parse('{"a":'.repeat(50_000) + "1" + "}".repeat(50_000));
  expect(() => mergePatch({}, deep)).toThrow("Nested too deep");
});
