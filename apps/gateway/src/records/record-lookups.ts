import { ProblemError, sync, type CallContext, type JsonText, type JsonTexts } from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";
import { BusLink } from "../bus/bus-link";

interface Waiting {
  ctx: CallContext;
  entity: EntityName;
  key: string;
  resolve(found: JsonText): void;
  reject(error: unknown): void;
}

/** What one tenant asks for. */
interface Lane {
  /** Calls under way, and those about to leave. */
  calls: number;
  waiting: Waiting[];
}

/** Calls of one tenant at once: one is answered while the next one is made ready. */
const CALLS = 2;
const MOST_KEYS = 100;

/**
 * Reads of single records. What a tenant asks while its calls are under way waits and goes together in the next call: a
 * lonely request goes at once, and under load one call, one message and one statement serve many. Requests of two tenants
 * never share a call. A shared call is part of the trace of its first request.
 */
@Injectable()
export class RecordLookups {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly bus: BusLink) {}

  /** A RecordView as text. Throws NOT_FOUND. */
  find(ctx: CallContext, entity: EntityName, key: string): Promise<JsonText> {
    return new Promise((resolve, reject) => {
      const lane = this.lanes.get(ctx.tenantId) ?? { calls: 0, waiting: [] };
      this.lanes.set(ctx.tenantId, lane);
      lane.waiting.push({ ctx, entity, key, resolve, reject });
      if (lane.calls < CALLS) this.leave(ctx.tenantId, lane);
    });
  }

  private leave(tenantId: string, lane: Lane): void {
    lane.calls++;
    // After all sockets that have something to read: their requests go along.
    setImmediate(() => {
      void this.send(lane.waiting.splice(0, MOST_KEYS)).then((left) => {
        lane.calls--;
        lane.waiting.unshift(...left);
        if (lane.waiting.length > 0 && lane.calls < CALLS) this.leave(tenantId, lane);
        else if (lane.calls === 0) this.lanes.delete(tenantId);
      });
    });
  }

  /** Asks and answers; those that did not go into the answer are left. */
  private async send(asked: readonly Waiting[]): Promise<readonly Waiting[]> {
    const [first] = asked;
    if (!first) return [];
    const input = { entityTypes: asked.map(({ entity }) => entity), keys: asked.map(({ key }) => key) };
    try {
      const texts = textsOf(await this.bus.call(sync.recordsByKey, first.ctx, input));
      if (texts.length === 0) throw new ProblemError("INTERNAL", "The sync-engine left out every record.");
      for (const [i, found] of texts.entries()) {
        const waiting = asked[i];
        if (found) waiting?.resolve(found);
        else waiting?.reject(notFound(waiting));
      }
      return asked.slice(texts.length);
    } catch (error) {
      for (const { reject } of asked) reject(error);
      return [];
    }
  }
}

/** While versions change, a sync-engine of another one may answer otherwise: the same request soon meets one that does not. */
function textsOf({ texts }: Partial<JsonTexts>): JsonTexts["texts"] {
  if (Array.isArray(texts)) return texts;
  throw new ProblemError("UNAVAILABLE", "The sync-engine answers in another version's form.", { retryAfterSeconds: 2 });
}

function notFound({ entity, key }: Waiting): ProblemError {
  return new ProblemError("NOT_FOUND", `there is no ${entity} ${key}`);
}
