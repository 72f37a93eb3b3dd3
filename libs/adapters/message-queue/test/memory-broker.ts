import {
  AdapterError,
  type PublishOptions,
  type Queue,
  type QueuedMessage,
  type QueueState,
} from "@dovetail/adapter-sdk";
import type { Broker, BrokerMessage } from "./queue-erp";

interface MemoryLog {
  first: string;
  messages: QueuedMessage[];
  last: number;
  made: number;
  ids: Map<string, number>;
}

function matches(pattern: string, topic: string): boolean {
  const [words, given] = [pattern.split("."), topic.split(".")];
  return words.length === given.length && words.every((word, at) => word === "*" || word === given[at]);
}

function refused(message: string, category: "AUTH" | "TRANSIENT" | "VALIDATION" | "CONFLICT"): AdapterError {
  const code = { AUTH: "ERP002", TRANSIENT: "ERP001", VALIDATION: "ERP008", CONFLICT: "CONFLICT" } as const;
  return new AdapterError(message, { category, code: code[category], sent: "no" });
}

/** A broker in this process: logs of the topics that begin with one word, nothing of any product. */
export class MemoryBroker implements Broker {
  hanging = false;
  away = false;
  private readonly logs = new Map<string, MemoryLog>();
  private readonly listeners: { first: string; take: (message: BrokerMessage) => void }[] = [];
  private serial = 0;

  async make(log: string, first: string): Promise<void> {
    this.logs.set(log, { first, messages: [], last: 0, made: ++this.serial, ids: new Map() });
  }

  async publish(
    topic: string,
    body: Uint8Array | string,
    headers: Record<string, string> = {},
    id?: string,
  ): Promise<void> {
    this.put(topic, Buffer.from(body), { headers, ...(id === undefined ? {} : { id }) });
  }

  listen(first: string, take: (message: BrokerMessage) => void): void {
    this.listeners.push({ first, take });
  }

  async purge(log: string): Promise<void> {
    this.of(log).messages = [];
  }

  async count(log: string, pattern: string): Promise<number> {
    return this.of(log).messages.filter(({ topic }) => matches(pattern, topic)).length;
  }

  /** What one user sees of it. */
  client({ known, signal }: { known: boolean; signal?: AbortSignal }): Queue {
    const reach = async <T>(work: () => T): Promise<T> => {
      if (signal?.aborted) throw refused("the session was ended", "TRANSIENT");
      if (this.hanging)
        await new Promise((_, reject) => {
          signal?.addEventListener("abort", () => reject(refused("the session was ended", "TRANSIENT")));
        });
      if (this.away) throw refused("the broker is away", "TRANSIENT");
      if (!known) throw refused("the broker refuses this user", "AUTH");
      return work();
    };
    return {
      product: "A broker in memory",
      state: (log) => reach(() => this.state(log)),
      read: (log, topic, from, limit) =>
        reach(() =>
          this.of(log)
            .messages.filter((message) => message.place >= from && matches(topic, message.topic))
            .slice(0, limit),
        ),
      last: (log, topic) => reach(() => this.of(log).messages.findLast((message) => matches(topic, message.topic))),
      publish: (topic, body, options) => reach(() => ({ place: this.put(topic, body, options) })),
      close: async () => undefined,
    };
  }

  private state(log: string): QueueState {
    const { messages, last, made } = this.of(log);
    return { first: messages[0]?.place ?? last + 1, last, incarnation: String(made) };
  }

  private put(topic: string, body: Uint8Array, { headers = {}, id, first }: PublishOptions = {}): number {
    const log = [...this.logs.values()].find((each) => topic.startsWith(`${each.first}.`));
    if (!log) throw refused("nobody keeps this topic", "TRANSIENT");
    const known = id === undefined ? undefined : log.ids.get(id);
    if (known !== undefined) return known;
    if (first && log.messages.some((message) => message.topic === topic))
      throw refused("there is a message of this topic", "CONFLICT");
    const message = { place: ++log.last, topic, body, headers, at: new Date().toISOString() };
    log.messages.push(message);
    if (id !== undefined) log.ids.set(id, message.place);
    for (const { first: begin, take } of this.listeners) if (topic.startsWith(`${begin}.`)) take(message);
    return message.place;
  }

  private of(name: string): MemoryLog {
    const log = this.logs.get(name);
    if (!log) throw refused("the broker has no such log", "VALIDATION");
    return log;
  }
}
