import type { ConnectionTemplate } from "@dovetail/adapter-sdk";

/** The in-memory ERP made ready. */
export const templates: readonly ConnectionTemplate[] = [
  {
    name: "memory",
    system: "MEMORY",
    connectionMethod: "API",
    title: "In-memory ERP",
    description: "Master data and orders of an ERP in this process, for trying things out.",
    authMethod: "BASIC",
    settings: {},
    syncSchedule: { enabled: false },
    entities: {
      Supplier: { direction: "both", master: true },
      Part: { direction: "both", master: true },
      PurchaseOrder: { direction: "both", master: true },
    },
    mappings: {},
  },
];
