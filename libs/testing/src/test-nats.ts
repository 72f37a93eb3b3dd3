import { rmSync } from "node:fs";
import { join } from "node:path";
import { freePort, startNats, type NatsUser, type RunningNats } from "@dovetail/embedded";
import { temporaryFolder } from "./temporary-folder";

/** A NATS server of one spec file. */
export interface TestNats {
  /** Without user and password; the same for the whole life. */
  readonly url: string;
  readonly port: number;
  /** Replaces the users of the running server. */
  reload(users: readonly NatsUser[]): Promise<void>;
  /** Stops gracefully and starts again on the same port; `wipe` loses the streams. Also after kill(). */
  restart(options?: { wipe?: boolean }): Promise<void>;
  /** kill -9; the streams stay for restart(). */
  kill(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts an own nats-server with JetStream on a free port (some 30 ms). It ends with the process at the latest. */
export async function testNats(options: { users?: readonly NatsUser[] } = {}): Promise<TestNats> {
  const dir = temporaryFolder("nats");
  const port = await freePort();
  let users = options.users ?? [];
  const start = (): Promise<RunningNats> => startNats({ dir, port, users });
  let server: RunningNats | undefined = await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    async reload(next) {
      users = next;
      await server?.reload(next);
    },
    async restart({ wipe = false } = {}) {
      await server?.stop();
      if (wipe) rmSync(join(dir, "jetstream"), { recursive: true, force: true });
      server = await start();
    },
    async kill() {
      await server?.kill();
      server = undefined;
    },
    async stop() {
      await server?.stop();
      server = undefined;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
