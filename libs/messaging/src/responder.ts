import { ProblemError } from "@dovetail/contracts";
import { systemClock } from "@dovetail/resilience";
import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import { Gate } from "./gate";
import type { Answer } from "./handling";
import { MAX_ANSWER_BYTES } from "./limits";
import type { Log } from "./log";
import { unavailable } from "./unavailable";
import { writeAnswer } from "./wire-answer";

/** A request as it came in. */
export interface Incoming {
  subject: string;
  json: unknown;
  traceparent?: string;
  /** False for a plain publish: nobody learns the outcome. */
  expectsReply: boolean;
}

/** How an answer is written to the wire: JSON. */
export type Encode = (answer: Answer) => string;

const WIDTH = 256;
const DEPTH = 4096;
const END_MS = 10_000;

/** Subscriptions that answer, with a limit on how much runs at once. */
export class Responder {
  private readonly active = new Map<Subscription, Gate>();

  constructor(
    private readonly connection: NatsConnection,
    private readonly log: Log,
  ) {}

  /** Requests that waited longer than `patienceMs` are dropped: who asked has left. `work` never rejects. */
  subscribe(
    subject: string,
    queue: string,
    patienceMs: number,
    work: (message: Incoming) => Promise<Answer>,
    encode: Encode = writeAnswer,
  ): () => void {
    const gate = new Gate(WIDTH, DEPTH);
    const subscription = this.connection.subscribe(subject, {
      queue,
      callback: (error, message) => {
        if (error) {
          this.log.error({ err: error, subject }, "a subscription failed");
          return;
        }
        const came = systemClock.monotonic();
        const taken = gate.enter(async () => {
          if (systemClock.monotonic() - came > patienceMs) return;
          this.reply(message, await this.run(message, work), encode);
        });
        if (!taken) this.reply(message, { problem: unavailable("Too many requests wait.").problem }, encode);
      },
    });
    this.active.set(subscription, gate);
    return () => {
      this.active.delete(subscription);
      subscription.unsubscribe();
    };
  }

  /** Stops taking requests and waits at most 10 s for those in hand. */
  async end(connected: boolean): Promise<void> {
    const gates = [...this.active.values()];
    const subscriptions = [...this.active.keys()];
    this.active.clear();
    if (connected) await Promise.all(subscriptions.map((one) => one.drain().catch(() => undefined)));
    const late = new AbortController();
    await Promise.race([
      Promise.all(gates.map((gate) => gate.drained())),
      systemClock.sleep(END_MS, late.signal).catch(() => undefined),
    ]);
    late.abort();
  }

  private async run(message: Msg, work: (message: Incoming) => Promise<Answer>): Promise<Answer> {
    let json: unknown;
    try {
      json = message.json();
    } catch {
      return { problem: new ProblemError("ERP008", "The request is not JSON.", { status: 400 }).problem };
    }
    const traceparent = message.headers?.get("traceparent");
    return work({
      subject: message.subject,
      json,
      expectsReply: message.reply !== undefined && message.reply !== "",
      ...(traceparent ? { traceparent } : {}),
    });
  }

  private reply(message: Msg, answer: Answer, encode: Encode): void {
    if (!isInbox(message.reply)) return;
    let payload = encode(answer);
    const bytes = Buffer.byteLength(payload);
    if (bytes > MAX_ANSWER_BYTES) {
      this.log.error({ subject: message.subject, bytes }, "an answer is larger than a message may be");
      payload = encode({ problem: new ProblemError("INTERNAL", "The answer is too large.").problem });
    }
    try {
      message.respond(payload);
    } catch (error) {
      this.log.warn({ err: error, subject: message.subject }, "an answer could not be sent");
    }
  }
}

// Who asks names the subject of the answer, and we may publish where he may not: answers go to inboxes alone.
function isInbox(subject: string | undefined): boolean {
  return subject !== undefined && /^_INBOX[\w-]*\.[^*>]+$/.test(subject);
}
