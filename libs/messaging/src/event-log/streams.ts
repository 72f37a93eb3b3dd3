import { streamOf, streamSubjects, type Producer } from "@dovetail/contracts";
import { JetStreamApiError, jetstreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { nanos, type NatsConnection } from "@nats-io/transport-node";

const DAY_MS = 86_400_000;
const NAME_IN_USE = 10058;

/**
 * Declares the stream of a producer's log: files, two days, two minutes of duplicates. Declared again by everybody who
 * finds it missing; a broker that lost its files thus comes back empty and is filled from the log.
 */
export async function declareStream(connection: NatsConnection, producer: Producer): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const name = streamOf(producer);
  const settings = {
    subjects: streamSubjects(producer),
    max_age: nanos(2 * DAY_MS),
    duplicate_window: nanos(120_000),
  };
  try {
    await manager.streams.add({
      name,
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      ...settings,
    });
  } catch (error) {
    // An older release declared it otherwise.
    if (!(error instanceof JetStreamApiError) || error.code !== NAME_IN_USE) throw error;
    await manager.streams.update(name, settings);
  }
}
