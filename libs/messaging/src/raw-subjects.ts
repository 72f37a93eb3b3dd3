import { childSpan, parseTraceparent } from "@dovetail/service-kit";
import type { NatsConnection } from "@nats-io/transport-node";
import { answered, type Answer } from "./handling";
import type { Log } from "./log";
import type { Incoming, Responder } from "./responder";

/** Answers a message of any shape with any JSON. */
export type RawHandler = (message: Incoming) => Promise<unknown>;

const PATIENCE_MS = 30_000;

/** Subjects whose messages are not operations. */
export class RawSubjects {
  constructor(
    private readonly connection: NatsConnection,
    private readonly responder: Responder,
    private readonly log: Log,
  ) {}

  answer(subject: string, queue: string, fn: RawHandler): () => void {
    const work = (message: Incoming): Promise<Answer> => {
      const trace = childSpan(parseTraceparent(message.traceparent));
      return answered(async () => fn(message), { operation: subject, trace }, this.log);
    };
    const encode = ({ problem, output }: Answer): string => JSON.stringify(problem ?? output) ?? "null";
    return this.responder.subscribe(subject, queue, PATIENCE_MS, work, encode);
  }

  publish(subject: string, json: unknown): void {
    this.connection.publish(subject, JSON.stringify(json));
  }

  listen(subject: string, fn: (json: unknown, subject: string) => void): () => void {
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) return;
        try {
          fn(message.json(), message.subject);
        } catch (failure) {
          this.log.warn({ err: failure, subject }, "a listener failed");
        }
      },
    });
    return () => subscription.unsubscribe();
  }
}
