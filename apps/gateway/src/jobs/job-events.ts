import { Inject, Injectable } from "@nestjs/common";
import { ProblemError, progressSubject, sync, type CallContext, type Job } from "@dovetail/contracts";
import { STOPPING } from "@dovetail/service-kit";
import type { FastifyReply, FastifyRequest } from "fastify";
import { BusLink } from "../bus/bus-link";
import { EventStream } from "../http/event-stream";

const ENDED: readonly string[] = ["completed", "failed", "cancelled"];
/** Progress can get lost on its way: the owner is asked as well. */
const ASK_EVERY_MS = 5_000;
const MOST_STREAMS_OF_A_TENANT = 100;

/** Follows jobs as server-sent events: `state` at first, `progress`, and `end` with the final state. */
@Injectable()
export class JobEvents {
  private readonly open = new Map<string, number>();

  constructor(
    private readonly bus: BusLink,
    @Inject(STOPPING) private readonly stopping: AbortSignal,
  ) {}

  /** Resolves when the stream has begun. Throws NOT_FOUND, LIMITED, UNAVAILABLE before that. */
  async follow(caller: CallContext, id: string, http: { request: FastifyRequest; reply: FastifyReply }): Promise<void> {
    const count = this.open.get(caller.tenantId) ?? 0;
    if (count >= MOST_STREAMS_OF_A_TENANT)
      throw new ProblemError("LIMITED", "The tenant has too many open event streams.", { retryAfterSeconds: 10 });
    let stream: EventStream | undefined;
    let sequence = 0;
    const early: Job[] = [];
    const send = (event: string, job: Job): void => {
      stream?.send({ event, id: String(++sequence), data: job });
    };
    const take = (job: Job): void => {
      if (!stream) early.push(job);
      else if (ENDED.includes(job.status)) finish(job);
      else send("progress", job);
    };
    const finish = (job: Job): void => {
      send("end", job);
      stream?.end();
    };
    // Listening begins before the question: what happens in between is not missed.
    const unlisten = this.bus.listen(progressSubject(caller.tenant, id), (json) => take(json as Job));
    try {
      const job = await this.bus.call(sync.job, caller, { id });
      stream = new EventStream(http.reply, this.stopping);
      send("state", job);
      if (ENDED.includes(job.status)) finish(job);
      for (const each of early) take(each);
    } catch (error) {
      unlisten();
      throw error;
    }
    this.open.set(caller.tenantId, count + 1);
    const asking = setInterval(() => {
      this.bus.call(sync.job, caller, { id }).then(
        (job) => ENDED.includes(job.status) && finish(job),
        () => undefined,
      );
    }, ASK_EVERY_MS);
    stream.onEnd(() => {
      clearInterval(asking);
      unlisten();
      this.left(caller.tenantId);
    });
  }

  private left(tenantId: string): void {
    const count = (this.open.get(tenantId) ?? 1) - 1;
    if (count > 0) this.open.set(tenantId, count);
    else this.open.delete(tenantId);
  }
}
