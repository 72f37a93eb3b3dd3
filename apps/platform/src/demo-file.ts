import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inboxPrefix } from "@dovetail/contracts";
import type { DemoAccess } from "./kept-state";
import type { Options } from "./options";

/** Writes `demo.json`: how clients and modules of the demo tenant reach the platform. Readable by its owner alone. */
export function writeDemoFile(
  options: Options,
  access: DemoAccess,
  places: { gatewayUrl: string; natsUrl: string; databaseUrl: string; operatorKey: string; ownBus: boolean },
): void {
  const { gatewayUrl, natsUrl, databaseUrl, operatorKey, ownBus } = places;
  const content = {
    gatewayUrl,
    apiKey: access.apiKey,
    operatorKey,
    tenant: access.tenant,
    natsUrl,
    databaseUrl,
    // The users of another's bus are made by its operator.
    ...(ownBus
      ? {
          natsUser: access.natsUser,
          natsPassword: access.natsPassword,
          natsInboxPrefix: inboxPrefix(access.natsUser),
        }
      : {}),
  };
  const file = join(options.dir, "demo.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
