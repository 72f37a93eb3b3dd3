import type { ConformanceHarness } from "@dovetail/adapter-conformance";
import { odooRows } from "./recipes";
import { Direct } from "./odoo14";
import { configOf, type OdooPlace, openOdoo } from "./sessions";

/** The conformance harness of a running Odoo 14: it cannot be made to fail, and its time passes by itself. */
export async function odoo14Harness(place: OdooPlace): Promise<ConformanceHarness> {
  const direct = new Direct(place);
  return {
    ...(await odooRows((model, method, args, named) => direct.call(model, method, args, named))),
    // Suppliers, customers and contacts are one model: one of them is enough.
    entities: ["Supplier", "Part", "PurchaseOrder", "SalesOrder"],
    config: configOf(place),
    open: ({ as, signal } = {}) =>
      openOdoo(
        {
          ...configOf(place),
          ...(as === "wrongPassword" ? { apiPassword: "not the password" } : {}),
          // The discard port: nothing listens there.
          ...(as === "unreachable" ? { apiEndpoint: "http://127.0.0.1:9" } : {}),
        },
        signal,
      ),
    // Its transactions take milliseconds here; waiting out the declared time would prove nothing more.
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 2200))),
  };
}
