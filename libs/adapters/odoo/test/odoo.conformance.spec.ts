import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { odooSimulatorHarness } from "./simulator-harness";

// Suppliers, customers and contacts are one model: one of them per release is enough. A file per release: they run side by side.
describe("a simulated Odoo 14", () => {
  const entities = ["Supplier", "Part", "PurchaseOrder"] as const;
  describeAdapterConformance(odooSimulatorHarness({ version: 14, protocol: "jsonrpc", entities }));
});
