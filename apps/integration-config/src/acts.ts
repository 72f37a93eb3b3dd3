import type { CallContext, EventData } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { appendEvent, Relay, type NewEvent } from "@dovetail/messaging";
import { METRICS, type Metrics } from "@dovetail/service-kit";
import { Inject, Injectable } from "@nestjs/common";
import { AuditRepository, type AuditEntry } from "./audit/audit.repository";

type OwnEvent = "integration.created" | "integration.updated" | "integration.deleted" | "mapping.updated";

/** An administrative act with what other services are told of it. */
export interface Act extends AuditEntry {
  event: { [K in OwnEvent]: { type: K; data: EventData[K] } }[OwnEvent];
}

/** Administrative acts: the change, its audit row and its event commit together. */
@Injectable()
export class Acts {
  private readonly acts;

  constructor(
    private readonly db: Database,
    private readonly audit: AuditRepository,
    private readonly relay: Relay,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.acts = metrics.counter("dovetail_config_acts_total", "Administrative acts committed.", ["operation"]);
  }

  /** Runs the act in a transaction of the caller's tenant and has its events sent at once. */
  async perform<T>(ctx: CallContext, act: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await this.db.transaction(ctx.tenantId, act);
    this.relay.nudge();
    return result;
  }

  /** Writes audit row and event; call it after the rows of the change are locked. */
  async write(tx: Tx, ctx: CallContext, act: Act): Promise<void> {
    const { event, ...entry } = act;
    await this.audit.write(tx, ctx, entry);
    const source = `/integrations/${entry.subject.split("/")[0] ?? ""}`;
    await appendEvent(tx, { tenant: ctx.tenant, source, ...event } as NewEvent);
    this.acts.inc({ operation: entry.action });
  }
}
