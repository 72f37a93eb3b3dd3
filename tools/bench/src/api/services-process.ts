import { startGateway } from "@dovetail/gateway";
import { LocalBus } from "@dovetail/messaging";
import { startSyncEngine } from "@dovetail/sync-engine";
import type { Commands } from "../child-side";

type Env = Record<string, string>;

/** Gateway and sync-engine in one process, as the platform runs them: calls between them need no broker. */
export const services = {
  async start({ gateway, engine }: { gateway: Env; engine: Env }) {
    const local = new LocalBus();
    await startSyncEngine({ env: engine, local });
    await startGateway({ env: gateway, local });
  },
} satisfies Commands;
