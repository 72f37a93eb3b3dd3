import {
  ProblemError,
  serviceContext,
  sync,
  systems,
  type CallContext,
  type ResolvedSystem,
  type ResolveSystem,
  type SystemDescription,
} from "@dovetail/contracts";
import type { EntityName } from "@dovetail/domain";
import { Bus } from "@dovetail/messaging";
import { withTimeout } from "@dovetail/resilience";
import { Injectable } from "@nestjs/common";

/** Shorter than the time that a caller of mappings.put waits: an ERP that is slow becomes a warning in time. */
const FIELDS_MS = 6_000;

/** What the sync-engine knows of ERPs. */
@Injectable()
export class SystemService {
  constructor(private readonly bus: Bus) {}

  /** The adapter of a customer's system, with what an integration begins with. Throws ERP008, UNAVAILABLE. */
  async resolve(ctx: CallContext, asked: ResolveSystem): Promise<ResolvedSystem> {
    return this.bus.call(systems.resolve, own(ctx), asked);
  }

  /** An adapter by its code. Throws NOT_FOUND, UNAVAILABLE. */
  async describe(ctx: CallContext, code: string): Promise<SystemDescription> {
    return this.bus.call(systems.get, own(ctx), { id: code });
  }

  /** Names of the fields that the ERP itself has for the entity, or why they cannot be had now. */
  async fieldNames(
    ctx: CallContext,
    integration: string,
    entityType: EntityName,
  ): Promise<{ names: string[] } | { reason: string }> {
    try {
      const fields = await withTimeout(
        () => this.bus.call(sync.fields, own(ctx), { integration, entityType }),
        FIELDS_MS,
      );
      return fields.length > 0 ? { names: fields.map(({ name }) => name) } : { reason: "the ERP lists no fields" };
    } catch (error) {
      // Whatever is wrong with the ERP: a mapping can be stored before the ERP can be reached.
      return { reason: error instanceof ProblemError ? error.problem.detail : "the ERP did not answer in time" };
    }
  }
}

// Who asks may create integrations but not necessarily see ERPs: the question is this service's own.
function own(ctx: CallContext): CallContext {
  const context = serviceContext("integration-config", ctx.tenantId, ctx.tenant);
  return ctx.traceparent === undefined ? context : { ...context, traceparent: ctx.traceparent };
}
