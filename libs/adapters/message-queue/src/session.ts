import { type Log, NatsQueue, type OpenContext, type Queue } from "@dovetail/adapter-sdk";
import type { EntityName } from "@dovetail/domain";
import { type QueueConfig, readSinks, readSources, refusal, type Sink, type Source } from "./config";

/** A broker with what the integration reads and writes there. */
export class QueueSession {
  constructor(
    readonly queue: Queue,
    readonly sources: ReadonlyMap<EntityName, Source>,
    readonly sinks: ReadonlyMap<EntityName, Sink>,
    readonly log: Log,
  ) {}

  source(entity: EntityName): Source {
    const source = this.sources.get(entity);
    if (!source) throw refusal(`settings.sources names no subject of ${entity}`);
    return source;
  }

  sink(entity: EntityName): Sink {
    const sink = this.sinks.get(entity);
    if (!sink) throw refusal(`settings.sinks names no subject of ${entity}`);
    return sink;
  }
}

/** Opens without a call; checks the settings. */
export async function openSession({ config, queue, signal, log }: OpenContext<QueueConfig>): Promise<QueueSession> {
  const { brokerUrl, ca, timeoutSeconds, apiUsername, apiPassword } = config;
  const tls = brokerUrl.startsWith("tls:") || ca !== undefined ? { tls: ca === undefined ? {} : { ca } } : {};
  const client =
    queue ??
    new NatsQueue({
      url: brokerUrl,
      user: apiUsername,
      password: apiPassword,
      ...tls,
      timeoutMs: timeoutSeconds * 1000,
      signal,
    });
  return new QueueSession(client, readSources(config.sources), readSinks(config.sinks), log);
}
