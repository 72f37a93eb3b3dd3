import type { PushOperation } from "@dovetail/adapter-sdk";
import { Database } from "@dovetail/database";
import type { JsonObject } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";
import { AdapterChangedError } from "../accounts/adapter-change";
import { CrashPoints } from "../crash-points";
import { masterLink, type LinkRow, type RecordRow } from "../records/record";
import type { PushRow } from "./push";
import type { PushState } from "./push-rules";

/** Whose pushes a call is about. */
export interface Batch {
  tenantId: string;
  integration: number;
  /** System of the adapter that is worked with; another one than the account's is refused. */
  adapter: string;
}

/** What is known of a link before its push is planned. */
export interface SeenPush {
  state: PushState;
  /** Whether the entity's first load at this account is complete. */
  baseline: boolean;
  /** Both sides changed the record, and a person has to decide. */
  conflict: boolean;
}

/** A claim and what it is for. */
interface Held {
  /** The push. */
  id: string;
  work: string;
  epoch: number;
  entity: number;
  key: string;
  /** The record's, as planned. */
  version: number;
}

/** What is about to leave. */
export interface Leaving extends Held {
  /** The link's I/O number and its shadow's hash as planned; null: there is no link. */
  io: number | null;
  shadow: string | null;
  operation: PushOperation;
  fields: readonly string[];
  /** The fields' values. */
  sent: JsonObject;
}

/** A request that is about to leave. */
export interface SentMark {
  /** The I/O number that it carries. */
  io: number;
  reference: string;
  /** The reference is that of an earlier version's create: the ERP may answer with what that one made. */
  inherited: boolean;
}

/** A push that the ERP took, with the link as it is from now on. */
export interface Taken extends Held {
  /** The mark's. */
  io: number;
  /** False: there was no link. */
  linked: boolean;
  link: LinkRow;
}

/** SQL of pushes in batches: each call is a transaction of its own. */
@Injectable()
export class PushBatchRepository {
  constructor(
    private readonly db: Database,
    private readonly crash: CrashPoints,
  ) {}

  /** The pushes to work on with their records and links; nothing is locked. Undefined: there is nothing to be sent. */
  async states(
    { tenantId, integration }: Batch,
    wanted: readonly { entity: number; key: string }[],
  ): Promise<(SeenPush | undefined)[]> {
    const rows = await this.db.call<StateRow>({
      name: "push_states",
      text: "select push, record, link, baseline, conflict from sync_engine.push_states($1, $2, $3, $4)",
      values: [tenantId, integration, wanted.map(({ entity }) => entity), wanted.map(({ key }) => key)],
    });
    return rows.map(({ push, record, link, baseline, conflict }) => {
      if (!push || !record) return undefined;
      const own = masterLink(record, integration) ?? (link ? { ...link, master: false } : undefined);
      return { state: { push, record, link: own }, baseline, conflict };
    });
  }

  /** What the account calls these records; null: it does not know one. */
  async externalIds(
    { tenantId, integration }: Batch,
    wanted: readonly { entity: number; key: string }[],
  ): Promise<(string | null)[]> {
    const rows = await this.db.call<{ id: string | null }>({
      name: "external_ids",
      text: "select id from sync_engine.external_ids($1, $2, $3, $4) id",
      values: [tenantId, integration, wanted.map(({ entity }) => entity), wanted.map(({ key }) => key)],
      readOnly: true,
    });
    return rows.map(({ id }) => id);
  }

  /**
   * Notes that requests are about to leave; answers undefined for those that must not: their claim was lost, or something
   * moved since they were planned. A create goes under the reference of an earlier create of the same document that may have
   * had an effect, so that the ERP can tell; an update after a create gets a reference of its own.
   */
  async mark(batch: Batch, items: readonly Leaving[]): Promise<(SentMark | undefined)[]> {
    const rows = await this.call<SentMark & { id: string }>(
      "mark_pushes",
      "select id, io, reference, inherited from sync_engine.mark_pushes($1, $2, $3, $4)",
      batch,
      items,
    );
    const marks = new Map(rows.map(({ id, ...mark }) => [id, mark]));
    return items.map(({ id }) => marks.get(id));
  }

  /** Stores that the ERP took pushes, and finishes their work; false for those of which something moved meanwhile. */
  async settle(batch: Batch, items: readonly Taken[]): Promise<boolean[]> {
    items.forEach(() => this.crash.at("push.before-settle"));
    const rows = await this.call<{ id: string }>(
      "settle_pushes",
      "select id from sync_engine.settle_pushes($1, $2, $3, $4) id",
      batch,
      items.map(({ link, ...item }) => ({
        ...item,
        master: link.master,
        externalId: link.external_id,
        erpVersion: link.erp_version,
        shadow: link.shadow,
        shadowHash: link.shadow_hash,
        shadowMapping: link.shadow_mapping,
        accepted: link.accepted,
      })),
    );
    const settled = new Set(rows.map(({ id }) => id));
    return items.map(({ id }) => settled.has(id));
  }

  private async call<R extends object>(name: string, text: string, batch: Batch, items: unknown): Promise<R[]> {
    const { tenantId, integration, adapter } = batch;
    try {
      return await this.db.call<R>({ name, text, values: [tenantId, integration, adapter, JSON.stringify(items)] });
    } catch (error) {
      if ((error as { code?: string }).code === "DV002") throw new AdapterChangedError();
      throw error;
    }
  }
}

interface StateRow {
  push: PushRow | null;
  record: RecordRow | null;
  link: Omit<LinkRow, "master"> | null;
  baseline: boolean;
  conflict: boolean;
}
