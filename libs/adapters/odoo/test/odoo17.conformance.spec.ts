import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { odooSimulatorHarness } from "./simulator-harness";

describe("a simulated Odoo 17", () => {
  const entities = ["Contact", "SalesOrder"] as const;
  describeAdapterConformance(odooSimulatorHarness({ version: 17, protocol: "jsonrpc", entities }));
});
