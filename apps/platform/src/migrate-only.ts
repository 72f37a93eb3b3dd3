import type { Environment } from "@dovetail/service-kit";
import { Cleanup } from "./cleanup";
import { readOptions } from "./options";
import { openFolder } from "./platform";
import { fail } from "./failure";
import { migrateAll } from "./schemas";
import { startServers } from "./servers";

/** The body of `migrate.ts`: brings every schema to its newest version and ends. */
export async function migrateOnly(env: Environment): Promise<void> {
  const cleanup = new Cleanup();
  const place: { logFile?: string } = {};
  try {
    // The API does not start: whoever holds its port is not in the way. Nor is the bus needed.
    const options = readOptions([], { ...env, PORT: "0", NATS_URL: env["NATS_URL"] ?? "nats://unused" });
    place.logFile = options.logFile;
    const state = await openFolder(options, cleanup);
    const { adminUrl } = await startServers(options, state, cleanup);
    for (const [schema, count] of Object.entries(await migrateAll(adminUrl, state)))
      process.stdout.write(`${schema}: ${count === 0 ? "up to date" : `${count} migrations applied`}\n`);
    await cleanup.run();
  } catch (error) {
    await cleanup.run().catch(() => undefined);
    fail(error, place);
  }
}
