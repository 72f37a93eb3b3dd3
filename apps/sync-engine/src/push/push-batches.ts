import { CommitUnknownError, DatabaseUnavailableError } from "@dovetail/database";
import { ENTITIES, type EntityName, type JsonObject } from "@dovetail/domain";
import { Injectable } from "@nestjs/common";
import { entitySettings, ownsKey, type Account } from "../accounts/account";
import { AdapterChangedError } from "../accounts/adapter-change";
import { Gathered, type Run } from "./gathered";
import {
  PushBatchRepository,
  type Batch,
  type Leaving,
  type SeenPush,
  type SentMark,
  type Taken,
} from "./push-batch.repository";
import type { PushPlan } from "./push-plan";
import type { PushTurn } from "./push-turn";
import { plainEnd, type SentPart, type Shown } from "./settle-rules";

interface Wanted {
  entity: number;
  key: string;
}

/** An item with the account that it goes to. */
interface Addressed<I> {
  batch: Batch;
  item: I;
}

/** Steps of many pushes of one account as one call: whoever comes while a call is under way goes with the next one. */
@Injectable()
export class PushBatches {
  private readonly seen: Gathered<Addressed<Wanted>, SeenPush | undefined>;
  private readonly names: Gathered<Addressed<Wanted>, string | null>;
  private readonly marks: Gathered<Addressed<Leaving>, SentMark | undefined>;
  private readonly ends: Gathered<Addressed<Taken>, boolean>;

  constructor(repository: PushBatchRepository) {
    this.seen = gathered((batch, items) => repository.states(batch, items));
    this.names = gathered((batch, items) => repository.externalIds(batch, items));
    this.marks = gathered((batch, items) => repository.mark(batch, items));
    this.ends = gathered((batch, items) => repository.settle(batch, items));
  }

  /** The link's next push as it is now; undefined when nothing is to be sent. */
  see(account: Account, adapter: string, entity: EntityName, key: string): Promise<SeenPush | undefined> {
    const batch = batchOf(account, adapter);
    return this.seen.call(groupOf(batch), { batch, item: { entity: ENTITIES[entity].code, key } });
  }

  /** What the account calls a record; null: it does not know it. */
  externalId(account: Account, entity: EntityName, key: string): Promise<string | null> {
    const batch = batchOf(account, account.document.adapter.system);
    return this.names.call(groupOf(batch), { batch, item: { entity: ENTITIES[entity].code, key } });
  }

  /** From here on the request may be under way. Undefined when something moved since it was planned. */
  mark(turn: PushTurn, { state, operation, fields }: PushPlan & { do: "send" }): Promise<SentMark | undefined> {
    const batch = batchOf(turn.account, turn.session.adapter.system);
    const { link } = state;
    const item: Leaving = {
      ...heldBy(turn, state),
      io: link?.push_io ?? null,
      shadow: link?.shadow_hash ?? null,
      operation,
      fields,
      sent: only(fields, state.record.doc),
    };
    return this.marks.call(groupOf(batch), { batch, item });
  }

  /** The ERP took it. False when more is to be stored than the link, or something moved meanwhile: then nothing is. */
  async settle(
    turn: PushTurn,
    { state }: PushPlan & { do: "send" },
    mark: SentMark,
    shown: Shown,
    sent: SentPart,
  ): Promise<boolean> {
    const { account, entity, key } = turn;
    const policy = ownsKey(account, entity, key)
      ? (entitySettings(account, entity)?.fieldPolicy ?? { "*": "erp" })
      : undefined;
    const link = plainEnd(entity, state, shown, sent, policy);
    if (!link) return false;
    const batch = batchOf(account, turn.session.adapter.system);
    const item: Taken = { ...heldBy(turn, state), io: mark.io, linked: state.link !== undefined, link };
    return this.ends.call(groupOf(batch), { batch, item });
  }
}

function gathered<I, O>(run: (batch: Batch, items: readonly I[]) => Promise<readonly O[]>): Gathered<Addressed<I>, O> {
  const together: Run<Addressed<I>, O> = async (all) => {
    const [first] = all;
    return first
      ? run(
          first.batch,
          all.map(({ item }) => item),
        )
      : [];
  };
  return new Gathered(together, isOfOne);
}

/** What is said of the connection or of the account is said of all. */
function isOfOne(error: unknown): boolean {
  const ofAll = [DatabaseUnavailableError, CommitUnknownError, AdapterChangedError];
  return !ofAll.some((type) => error instanceof type);
}

function batchOf({ tenantId, num }: Account, adapter: string): Batch {
  return { tenantId, integration: num, adapter };
}

function groupOf({ tenantId, integration, adapter }: Batch): string {
  return `${tenantId}/${integration}/${adapter}`;
}

function heldBy({ claim, entity, key }: PushTurn, { push, record }: SeenPush["state"]) {
  return {
    id: push.id,
    work: claim.id,
    epoch: claim.epoch,
    entity: ENTITIES[entity].code,
    key,
    version: record.version,
  };
}

function only(fields: readonly string[], doc: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(doc).filter(([field]) => fields.includes(field)));
}
