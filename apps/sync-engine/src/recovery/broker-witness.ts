import { RECORD_SUBJECTS } from "@dovetail/contracts";
import { lastPublished, type Bus } from "@dovetail/messaging";
import type { Logger } from "@dovetail/service-kit";
import { readCursor } from "../feed/feed-cursor";
import type { RecoveryRepository } from "./recovery.repository";

/**
 * An older copy of a data folder has the identity of the newer one. The broker remembers: when it has got an event of this
 * generation that the log does not know yet, the database has gone back. Answers the generation that counts from now on.
 */
export async function comparedWithBroker(
  repository: RecoveryRepository,
  { bus, logger }: { bus: Bus; logger: Logger },
  generation: number,
): Promise<number> {
  try {
    const last = await lastPublished(bus, "sync-engine", RECORD_SUBJECTS);
    if (last?.cursor === undefined || readCursor(last.cursor).epoch !== generation) return generation;
    if (!(await repository.isAhead(last.tenantid, last.position))) return generation;
    logger.error(
      { tenant: last.tenant, position: last.position },
      "the broker is ahead of the database: recovery begins",
    );
    return await repository.raiseGeneration(generation);
  } catch (error) {
    logger.warn({ err: error }, "the broker could not be asked whether the database has gone back");
    return generation;
  }
}
