import { ProblemError, type CallContext, type Operation } from "@dovetail/contracts";
import { childSpan, currentTrace, formatTraceparent, parseTraceparent, type TraceContext } from "@dovetail/service-kit";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { connectBroker, type BrokerOptions } from "./connection";
import { answered, handled, type Answer, type Handler } from "./handling";
import { LinkState } from "./link-state";
import { deepFreeze, type LocalBus } from "./local-bus";
import { silentLog, type Log } from "./log";
import { RawSubjects, type RawHandler } from "./raw-subjects";
import { Responder } from "./responder";
import { requestProblem, unavailable } from "./unavailable";
import { readAnswer } from "./wire-answer";

/** How to join the bus. */
export interface BusOptions extends BrokerOptions {
  /** Shared by the services of one process: calls between them need no message. */
  local?: LocalBus;
  log?: Log;
}

/** Typed request and reply between services, over NATS. */
export class Bus {
  private readonly link: LinkState;
  private readonly responder: Responder;
  private readonly raw: RawSubjects;
  private readonly unregister: (() => void)[] = [];
  private readonly local: LocalBus | undefined;
  private readonly log: Log;

  private constructor(
    /** For JetStream; requests go through `call`. */
    readonly connection: NatsConnection,
    readonly name: string,
    options: Pick<BusOptions, "local" | "log">,
  ) {
    this.local = options.local;
    this.log = options.log ?? silentLog;
    this.link = new LinkState(connection, this.log);
    this.responder = new Responder(connection, this.log);
    this.raw = new RawSubjects(connection, this.responder, this.log);
  }

  /** Connects; throws when the broker cannot be reached for 10 s, refuses the user or is configured too small. */
  static async connect(options: BusOptions): Promise<Bus> {
    return new Bus(await connectBroker(options), options.name, options);
  }

  /**
   * Asks the owner of an operation. Throws ProblemError: the owner's problem, or UNAVAILABLE (503, Retry-After 2) when
   * there is no connection, nobody answers, or the operation's time is over; it may then have happened all the same.
   */
  async call<I extends object, O>(operation: Operation<I, O>, ctx: CallContext, input: I): Promise<O> {
    const local = this.local?.find(operation.subject);
    const trace = childSpan(currentTrace() ?? parseTraceparent(ctx.traceparent));
    const context: CallContext = { ...ctx, traceparent: formatTraceparent(trace) };
    const answer = await (local
      ? inTime(local(deepFreeze(context), input, trace), operation)
      : this.request(operation, context, input));
    if (answer.problem) throw ProblemError.from(answer.problem);
    return (local ? deepFreeze(answer.output) : answer.output) as O;
  }

  /** Answers an operation; instances of one service share the requests. At most 256 run at once. */
  handle<I extends object, O>(operation: Operation<I, O>, handler: Handler<I, O>): void {
    const run = (ctx: unknown, input: unknown, trace: TraceContext): Promise<Answer> => {
      const tenant = (ctx as Partial<CallContext> | undefined)?.tenant;
      const request = { operation: operation.subject, trace, ...(typeof tenant === "string" ? { tenant } : {}) };
      return answered(async () => handled(operation, handler, ctx, input), request, this.log);
    };
    this.responder.subscribe(operation.subject, this.name, operation.timeoutMs, (message) => {
      const envelope = message.json as { ctx?: unknown; input?: unknown } | null;
      return run(envelope?.ctx, envelope?.input, childSpan(parseTraceparent(message.traceparent)));
    });
    if (this.local) this.unregister.push(this.local.register(operation.subject, run));
  }

  /**
   * Answers requests that are not ours to shape (MES modules): `fn` returns any JSON; a ProblemError becomes a problem
   * document as the whole reply. Answers how to end it.
   */
  subscribeRaw(subject: string, queue: string, fn: RawHandler): () => void {
    return this.raw.answer(subject, queue, fn);
  }

  /** Tells whoever listens now; lost when nobody does or the connection is down (progress). */
  publishCore(subject: string, json: unknown): void {
    if (this.status() === "up") this.raw.publish(subject, json);
  }

  /** Listens to `publishCore`; every instance gets every message. Answers how to end it. */
  subscribeCore(subject: string, fn: (json: unknown, subject: string) => void): () => void {
    return this.raw.listen(subject, fn);
  }

  status(): "up" | "down" {
    return this.link.status;
  }

  /** Calls `fn` after each repaired loss of the connection; answers how to stop that. */
  onReconnect(fn: () => void): () => void {
    return this.link.onReconnect(fn);
  }

  /** Takes no more requests, waits at most 10 s for those in hand, and leaves. */
  async close(): Promise<void> {
    for (const unregister of this.unregister) unregister();
    if (this.connection.isClosed()) return;
    await this.responder.end(this.status() === "up");
    if (this.status() === "up") await this.connection.flush().catch(() => undefined);
    await this.connection.close();
  }

  private async request<I extends object, O>(op: Operation<I, O>, ctx: CallContext, input: I): Promise<Answer> {
    // The client would queue the request until the connection is back: long after the asker has left.
    if (this.status() === "down") throw unavailable("The message bus cannot be reached.");
    const service = op.subject.split(".")[1] ?? op.subject;
    const sent = headers();
    if (ctx.traceparent) sent.set("traceparent", ctx.traceparent);
    try {
      const payload = JSON.stringify({ ctx, input });
      const asked = this.connection.request(op.subject, payload, { timeout: op.timeoutMs, headers: sent });
      const message = await this.link.whileUp(asked, () => unavailable("The message bus was lost."));
      return readAnswer(message.string());
    } catch (error) {
      throw requestProblem(error, service);
    }
  }
}

// One promise instead of a race of two and their chain: this stands in the way of every call.
function inTime<I extends object, O>(work: Promise<Answer>, operation: Operation<I, O>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const service = operation.subject.split(".")[1] ?? operation.subject;
      reject(unavailable(`${service} did not answer in time.`));
    }, operation.timeoutMs);
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      then();
    };
    work.then(
      (answer) => settle(() => resolve(answer)),
      (error: unknown) => settle(() => reject(error as Error)),
    );
  });
}
