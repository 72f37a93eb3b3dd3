import { type Adapter, CONNECTION_METHODS } from "@dovetail/adapter-sdk";
import { ADAPTERS } from "./adapters";
import { resolveAdapter } from "./resolve-adapter";

const shown = (system: string, method?: (typeof CONNECTION_METHODS)[number]) => {
  const found = resolveAdapter(system, method);
  return [found.system, found.connectionMethod, found.adapter.system];
};

describe("the adapter of a system and a method", () => {
  it("is the system's own one by its own method, also unsaid", () => {
    expect(shown("ODOO", "API")).toEqual(["ODOO", "API", "ODOO"]);
    expect(shown("odoo")).toEqual(["ODOO", "API", "ODOO"]);
  });

  it("else the one that reaches any system by the method", () => {
    expect(shown("ODOO", "FILE")).toEqual(["ODOO", "FILE", "FILE"]);
    expect(shown("SAP", "DATABASE")).toEqual(["SAP", "DATABASE", "DATABASE"]);
    expect(shown("BAAN_4", "MESSAGE_QUEUE")).toEqual(["BAAN_4", "MESSAGE_QUEUE", "QUEUE"]);
  });

  it("of a system without a name is that of its method", () => {
    expect(shown("FILE")).toEqual(["FILE", "FILE", "FILE"]);
    expect(shown("QUEUE", "MESSAGE_QUEUE")).toEqual(["QUEUE", "MESSAGE_QUEUE", "QUEUE"]);
    expect(() => resolveAdapter("FILE", "DATABASE")).toThrow(/FILE stands for systems .* by FILE, not by DATABASE/);
    expect(() => resolveAdapter("FILE", "API")).toThrow(/not by API/);
  });

  it("is the own one where that goes by a method that others go by too", () => {
    const tables = {
      ...(resolveAdapter("ODOO").adapter as Adapter),
      system: "TABLES",
      connectionMethod: "DATABASE",
    } as const;
    const adapters = [...ADAPTERS, tables];
    expect(resolveAdapter("TABLES", "DATABASE", adapters).adapter).toBe(tables);
    expect(resolveAdapter("TABLES", "FILE", adapters).adapter.system).toBe("FILE");
    expect(() => resolveAdapter("TABLES", "API", adapters)).toThrow(
      /TABLES has no adapter for API; .*TABLES \(DATABASE\)/,
    );
  });

  it("names what there is where there is none", () => {
    expect(() => resolveAdapter("SAP")).toThrow(
      /^SAP has no adapter for API; there are .*ODOO \(API\).*, and any system by DATABASE, FILE, MESSAGE_QUEUE$/,
    );
    expect(() => resolveAdapter("SAP", "API")).toThrow(/SAP has no adapter for API/);
    expect(() => resolveAdapter("no code", "FILE")).toThrow(/must be a code/);
    expect(() => resolveAdapter("x".repeat(500), "FILE")).toThrow(/^.{1,100}$/);
  });

  it("of any system is one per method, and none by API", () => {
    const general = ADAPTERS.filter((adapter) => adapter.anySystem).map((adapter) => adapter.connectionMethod ?? "API");
    expect(new Set(general).size).toBe(general.length);
    expect(CONNECTION_METHODS.filter((method) => method !== "API" && !general.includes(method))).toEqual([]);
    expect(general).not.toContain("API");
  });
});
