import { type Adapter, AdapterError } from "@dovetail/adapter-sdk";
import { ADAPTERS } from "./adapters";

const BY_SYSTEM = new Map(ADAPTERS.map((adapter) => [adapter.system, adapter]));

/** The adapter of a system code of SPEC 2, for instance `ODOO`. Throws AdapterError VALIDATION naming those there are. */
export function adapterFor(system: string): Adapter {
  const adapter = BY_SYSTEM.get(system);
  if (adapter) return adapter;
  const known = [...BY_SYSTEM.keys()].sort().join(", ");
  const shown = system.slice(0, 40);
  throw new AdapterError(`no adapter for system ${JSON.stringify(shown)}; there are ${known}`, {
    category: "VALIDATION",
    code: "ERP008",
    sent: "no",
  });
}
