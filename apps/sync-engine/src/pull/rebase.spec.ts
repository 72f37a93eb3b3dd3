import { changedRules, rebasePolicy } from "./rebase";

const rule = (mesField: string, erpField: string, more = {}) => ({ mesField, erpField, ...more });

describe("the first read under another mapping", () => {
  it("knows which fields are read by other rules", () => {
    const before = {
      mappings: [rule("name", "NAME"), rule("custom.buyer", "B"), rule("status", "S"), rule("unit", "U")],
    };
    const after = {
      mappings: [rule("name", "NAME"), rule("custom.buyer", "BUYER"), { erpField: "S", mesField: "status" }],
    };
    expect(changedRules(before, after)).toEqual(new Set(["custom", "unit"]));
    expect(changedRules(before, before)).toEqual(new Set());
    expect(changedRules(undefined, after)).toBe("all");
  });

  it("SYN-10: leaves those to a person where the record differs, and no others", () => {
    const policy = { "*": "erp", "lines.quantity": "mes", status: "newest" } as const;
    expect(rebasePolicy(policy, new Set(["lines"]))).toEqual({ "*": "erp", status: "newest", lines: "manual" });
    expect(rebasePolicy(policy, "all")).toEqual({ "*": "manual" });
  });
});
