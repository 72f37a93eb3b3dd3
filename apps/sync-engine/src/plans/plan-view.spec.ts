import { ENTITIES } from "@dovetail/domain";
import { viewOf, type StoredItem } from "./plan-view";

const item: StoredItem = {
  part: "push",
  page: 1,
  n: 0,
  integration: 2,
  key: "S-1",
  external_id: "41",
  operation: "update",
  state: "planned",
  reason: null,
  problem: null,
  changes: [
    { field: "name", old: "A", new: "B" },
    { field: "custom", old: { portalPassword: "old one" }, new: { portalPassword: "new one", tier: "gold" } },
  ],
  record_version: 3,
  shadow_hash: "ab",
  push_io: 9,
  doc: null,
  hash: null,
  erp_version: null,
  modified_at: null,
  letter: null,
  body: { name: "B", api_token: "secret one" },
  pushes: null,
  push_id: null,
};

it("SYN-11: an item of a plan shows what changes and what it assumes, and no secret", () => {
  const view = viewOf(item, { entity: ENTITIES.Supplier.code }, new Map([[2, "odoo-demo"]]));
  expect(view).toMatchObject({
    direction: "outbound",
    integration: "odoo-demo",
    entityType: "Supplier",
    changes: [{ field: "name", old: "A", new: "B" }, { new: { portalPassword: "***", tier: "gold" } }],
    body: { name: "B", api_token: "***" },
    assumes: { version: 3, shadowHash: "ab" },
  });
  expect(JSON.stringify(view)).not.toMatch(/old one|new one|secret one/);
});
