import type { Logger } from "@dovetail/service-kit";
import type { NatsConnection } from "@nats-io/transport-node";
import { Bell } from "./bell";
import type { OwnChange, Store } from "./store";
import type { Accepted, MesRequest, Problem } from "./wire";

const ANSWER_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Hands the module's changes to the platform, one by one in the order in which they were made. A change is sent under
 * its id until it is answered: nobody knows whether a request without an answer arrived, and a repeat of the same id
 * has no second effect. Run one sender per module, or the order of a key's changes is lost.
 */
export class Sender {
  private readonly bell = new Bell();
  private stopped = false;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly bus: NatsConnection,
    private readonly about: { tenant: string; module: string },
    private readonly log: Logger,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  /** There may be something to send. */
  nudge(): void {
    this.bell.ring();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
  }

  private async run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.stopped) {
      try {
        const change = await this.store.nextUnanswered();
        if (change) await this.send(change);
        else await this.bell.wait(LOOK_EVERY_MS);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        this.log.warn({ err: error }, "a change has no answer yet; it will be sent again");
        const wanted = error instanceof NotNow ? error.afterMs : 0;
        await this.bell.wait(Math.max(pauseMs, wanted));
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private async send(change: OwnChange): Promise<void> {
    const subject = `mes.${this.about.tenant}.${change.entity}.${change.op}`;
    const reply = await this.bus.request(subject, JSON.stringify(this.envelope(change)), { timeout: ANSWER_MS });
    const answer = reply.json<Accepted | Problem>();
    if ("accepted" in answer) {
      // The version is not taken over here: the change may have been merged with others, and the event brings all.
      await this.store.settle(change, { version: answer.version });
      return;
    }
    if (answer.retryable || answer.status >= 500) throw new NotNow(answer);
    this.log.error({ change: change.id, code: answer.code, detail: answer.detail }, "a change was refused");
    await this.store.settle(change, { problem: answer });
  }

  private envelope(change: OwnChange): MesRequest {
    const { entity: entityType, key, body } = change;
    const content = body === null ? {} : change.op === "created" ? { record: body } : { patch: body };
    return {
      specversion: "1.0",
      id: change.id,
      type: `mes.${entityType}.${change.op}`,
      source: this.about.module,
      seq: change.position,
      time: change.madeAt,
      datacontenttype: "application/json",
      data: { entityType, key, ...content },
    };
  }
}

/** The platform answered, but not with an outcome. */
class NotNow extends Error {
  readonly afterMs: number;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.afterMs = (problem.retryAfterSeconds ?? 0) * 1000;
  }
}
