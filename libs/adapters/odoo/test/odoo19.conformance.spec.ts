import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { odooSimulatorHarness } from "./simulator-harness";

describe("a simulated Odoo 19 by JSON-2", () => {
  const entities = ["Customer", "PurchaseOrder", "SalesOrder"] as const;
  describeAdapterConformance(odooSimulatorHarness({ version: 19, protocol: "json2", entities }));
});
