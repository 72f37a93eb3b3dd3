import { sync } from "@dovetail/contracts";
import { World } from "./world";

it("an integration cannot be pointed at the metadata address of the machine", async () => {
  const world = await World.open({ Supplier: {} });
  try {
    for (const host of ["169.254.169.254", "[::ffff:169.254.169.254]"]) {
      world.main.change({
        apiEndpoint: `http://${host}/latest/meta-data`,
        settings: { database: "any", timeoutSeconds: 5 },
        adapter: { system: "ODOO", version: 1 },
      });
      const answer = await world.bus.call(sync.test, world.context, { id: world.integration.id });
      expect(answer).toMatchObject({ success: false, message: expect.stringMatching(/may not be called/) });
    }
  } finally {
    await world.close();
  }
});
