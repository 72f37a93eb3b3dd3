import { capabilities } from "./capabilities";
import { httpClassify } from "./classify";
import { defineAdapter } from "./port";
import { defineSchema } from "./schema";

const adapter = defineAdapter({
  system: "TEST",
  version: 3,
  title: "Test",
  connection: defineSchema({ apiEndpoint: { label: "Address", type: "url", in: "connection", required: true } }),
  auth: ["NONE"],
  inbound: ["REST_POLLING"],
  outbound: ["REST_PUSH"],
  formats: ["json"],
  realTime: false,
  limits: { perMinute: 60 },
  open: async () => null,
  test: async () => ({ product: "Test" }),
  entities: {
    Supplier: { incremental: false, pull: async function* () {} },
    Receipt: {
      push: { class: "L", settleMs: 10, operations: ["post"], send: async () => ({ done: "accepted", handle: 1 }) },
    },
  },
  classify: httpClassify,
  mappings: { Supplier: { entityType: "Supplier", mappings: [] } },
});

describe("capabilities", () => {
  it("are derived from what the adapter implements", () => {
    const shown = capabilities(adapter);
    expect(shown).toMatchObject({
      system: "TEST",
      version: 3,
      limits: { concurrent: null, perMinute: 60 },
      webhook: null,
    });
    expect(shown.connection).toEqual([
      { name: "apiEndpoint", label: "Address", type: "url", in: "connection", required: true },
    ]);
    expect(shown.entities).toEqual([
      expect.objectContaining({
        entity: "Supplier",
        pull: true,
        incremental: false,
        operations: [],
        writeClass: null,
        mapping: true,
      }),
      expect.objectContaining({
        entity: "Receipt",
        pull: false,
        operations: ["post"],
        writeClass: "L",
        settleMs: 10,
        lookup: false,
      }),
    ]);
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
  });
});
