import { startPostgres, type RunningPostgres } from "@dovetail/embedded";
import { temporaryFolder } from "./temporary-folder";

/** An empty PostgreSQL cluster for tests (some 600 ms): no fsync, gone with the run. Specs use testDatabase instead. */
export async function startTestPostgres(): Promise<RunningPostgres> {
  return await startPostgres({
    dir: temporaryFolder("postgres"),
    password: "test",
    maxConnections: 200,
    unsafeFast: true,
  });
}
