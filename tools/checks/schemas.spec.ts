import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dumpSchema, type ServiceSchema } from "@dovetail/database";
import { gatewaySchema } from "@dovetail/gateway";
import { integrationConfigSchema } from "@dovetail/integration-config";
import { syncEngineSchema } from "@dovetail/sync-engine";
import { testDatabase } from "@dovetail/testing";
import { Client } from "pg";
import { ROOT, serviceNames } from "./workspace";

const SCHEMAS: readonly [string, ServiceSchema][] = [
  ["gateway", gatewaySchema],
  ["integration-config", integrationConfigSchema],
  ["sync-engine", syncEngineSchema],
];

it("every service's schema is checked", () => {
  expect(SCHEMAS.map(([service]) => service)).toEqual(serviceNames());
});

// UPDATE_SCHEMA=1 writes the files instead: `UPDATE_SCHEMA=1 npx jest --config jest.config.cjs tools/checks/schemas`.
describe("schema.sql is what the migrations make", () => {
  it.each(SCHEMAS)("%s", async (service, schema) => {
    const database = await testDatabase([schema]);
    const client = new Client(database.adminUrl);
    await client.connect();
    try {
      const made = await dumpSchema(client, schema.schema);
      const file = join(ROOT, "apps", service, "schema.sql");
      if (process.env["UPDATE_SCHEMA"] === "1") writeFileSync(file, made);
      expect(existsSync(file) ? readFileSync(file, "utf8") : "").toBe(made);
    } finally {
      await client.end();
      await database.drop();
    }
  });
});
