import { streamOf, type Producer } from "@dovetail/contracts";
import { JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { Bus } from "../bus";
import type { WireEvent } from "./wire-event";

/**
 * The event of a producer that the broker got last on the subjects, of whichever tenant; undefined when it has none. What it
 * says of the log is only as old as the broker's memory: a hint.
 */
export async function lastPublished(bus: Bus, producer: Producer, subjects: string): Promise<WireEvent | undefined> {
  const manager = await jetstreamManager(bus.connection, { checkAPI: false });
  try {
    const message = await manager.streams.getMessage(streamOf(producer), { last_by_subj: subjects });
    return message?.json<WireEvent>();
  } catch (error) {
    // neither stream nor message: nothing is known
    if (error instanceof JetStreamApiError) return undefined;
    throw error;
  }
}
