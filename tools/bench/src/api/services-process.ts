import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { startGateway } from "@dovetail/gateway";
import { LocalBus } from "@dovetail/messaging";
import { startSyncEngine } from "@dovetail/sync-engine";
import type { Commands } from "../child-side";

type Env = Record<string, string>;

let session: Session;

/** Gateway and sync-engine in one process, as the platform runs them: calls between them need no broker. */
export const services = {
  async start({ gateway, engine }: { gateway: Env; engine: Env }) {
    const local = new LocalBus();
    await startSyncEngine({ env: engine, local });
    await startGateway({ env: gateway, local });
  },
  /** Begins a CPU profile. */
  async startProfile() {
    session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
  },
  /** Ends it and writes it into a file. */
  async stopProfile({ file }: { file: string }) {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    writeFileSync(file, JSON.stringify(profile));
  },
} satisfies Commands;
