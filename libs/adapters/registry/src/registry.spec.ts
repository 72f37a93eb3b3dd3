import { capabilities } from "@dovetail/adapter-sdk";
import { adapterFor } from "./adapter-for";
import { ADAPTERS } from "./adapters";

describe("the registry", () => {
  it("holds adapters of different systems", () => {
    const systems = ADAPTERS.map(({ system }) => system);
    expect(systems).toContain("MEMORY");
    expect(new Set(systems).size).toBe(systems.length);
  });

  it("finds each by its code", () => {
    for (const adapter of ADAPTERS) expect(adapterFor(adapter.system)).toBe(adapter);
  });

  it("shows each as plain data", () => {
    for (const adapter of ADAPTERS) {
      const shown = capabilities(adapter);
      expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
    }
  });

  it("says which systems there are when asked for another", () => {
    expect(() => adapterFor("NOPE")).toThrow(/no adapter for system "NOPE"; there are .*MEMORY/);
    expect(() => adapterFor("x".repeat(500))).toThrow(/^.{1,400}$/);
  });
});
