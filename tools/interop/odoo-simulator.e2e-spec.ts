import { describeAdapterConformance } from "@dovetail/adapter-conformance";
import { odooSimulatorHarness } from "./odoo-simulator-harness";

describe("a simulated Odoo 14", () => {
  describeAdapterConformance(odooSimulatorHarness({ version: 14, protocol: "jsonrpc" }));
});
describe("a simulated Odoo 17", () => {
  describeAdapterConformance(odooSimulatorHarness({ version: 17, protocol: "jsonrpc" }));
});
describe("a simulated Odoo 19 by JSON-2", () => {
  describeAdapterConformance(odooSimulatorHarness({ version: 19, protocol: "json2" }));
});
