import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { odooSimulatorHarness } from "./simulator-harness";

// Suppliers, customers and contacts are one model: one of them per release is enough.
describe("a simulated Odoo 14", () => {
  const entities = ["Supplier", "Part", "PurchaseOrder"] as const;
  describeAdapterConformance(odooSimulatorHarness({ version: 14, protocol: "jsonrpc", entities }));
});
describe("a simulated Odoo 17", () => {
  const entities = ["Contact", "SalesOrder"] as const;
  describeAdapterConformance(odooSimulatorHarness({ version: 17, protocol: "jsonrpc", entities }));
});
describe("a simulated Odoo 19 by JSON-2", () => {
  const entities = ["Customer", "PurchaseOrder", "SalesOrder"] as const;
  describeAdapterConformance(odooSimulatorHarness({ version: 19, protocol: "json2", entities }));
});
