import { ENTITIES, mergePatch, type EntityName, type JsonObject } from "@dovetail/domain";
import {
  ProblemError,
  type CallContext,
  JsonTexts,
  type GetRecords,
  type ListRecords,
  type Page,
  type RecordView,
  type WriteAnswer,
  type WriteRecord,
} from "@dovetail/contracts";
import { sha256Hex } from "@dovetail/crypto";
import { Database, rememberRequest, type Tx } from "@dovetail/database";
import { cutByBytes, PAGE_BYTES } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { sourceOfActor } from "../ids";
import { Ledger } from "../transactions/ledger.service";
import { canonical, type Canonical, type RecordRow } from "./record";
import { RecordRepository } from "./record.repository";
import { RecordReads, type ListFilter } from "./record-reads";

/** What a caller asks to be done with one record. */
interface Wish {
  entity: EntityName;
  key: string;
  op: WriteRecord["op"];
  body: JsonObject;
  ifVersion?: number;
}

interface Written {
  version: number;
  pushes: string[];
}

/** The record store as clients and MES modules use it. */
@Injectable()
export class RecordService {
  constructor(
    private readonly db: Database,
    private readonly records: RecordRepository,
    private readonly reads: RecordReads,
    private readonly accounts: AccountService,
    private readonly ledger: Ledger,
  ) {}

  /** As many as go into one answer; see `sync.recordsByKey`. */
  async byKey(ctx: CallContext, { entityTypes, keys }: GetRecords): Promise<JsonTexts> {
    const wanted = entityTypes.slice(0, keys.length).map((entity, i) => ({ entity, key: keys[i] ?? "" }));
    const { texts } = await this.reads.byKey(ctx.tenantId, wanted);
    return new JsonTexts(cutByBytes(texts, PAGE_BYTES, (each) => each?.text ?? "null").items);
  }

  async list(ctx: CallContext, input: ListRecords, filter: ListFilter = {}): Promise<Page<RecordView>> {
    const items = await this.reads.list(ctx.tenantId, input, filter);
    const limit = input.limit ?? 100;
    const cut = cutByBytes(items.slice(0, limit));
    const more = items.length > cut.items.length;
    return { items: cut.items, next: more ? (cut.items.at(-1)?.key ?? null) : null };
  }

  /**
   * Accepts one change: after the answer it is committed, and on its way to every outbound integration. A repeat of the
   * same (sender, eventId) gets the first answer's version; the same id with another body is refused.
   */
  async write(ctx: CallContext, input: WriteRecord): Promise<WriteAnswer> {
    const wish = wishOf(input);
    const source = input.sender ?? sourceOfActor(ctx);
    const targets = await this.accounts.targets(ctx.tenantId, wish.entity, null);
    const { result, duplicate } = await this.db.transaction(ctx.tenantId, async (tx) => {
      const run = () => this.apply(tx, ctx.tenant, wish, source, targets);
      if (input.eventId === undefined) return { result: await run(), duplicate: false };
      const bodyHash = sha256Hex(JSON.stringify([wish.entity, wish.key, wish.op, wish.body]));
      return rememberRequest<Written>(tx, { sender: source, eventId: input.eventId, bodyHash }, run);
    });
    this.ledger.ring();
    const { texts } = await this.reads.byKey(ctx.tenantId, [wish], true);
    const record = texts[0]?.parse<RecordView>();
    if (!record) throw new Error("a record that was just written is not there");
    const { version } = result;
    return { record, version, transactions: await this.ledger.pushes(ctx.tenantId, result.pushes), duplicate };
  }

  /** As `write`, as a part of the caller's transaction: nothing stands before that is committed. `told` is for after it. */
  async writeWithin(tx: Tx, ctx: CallContext, input: WriteRecord): Promise<void> {
    const wish = wishOf(input);
    const targets = await this.accounts.targets(ctx.tenantId, wish.entity, null);
    await this.apply(tx, ctx.tenant, wish, sourceOfActor(ctx), targets);
  }

  /** What was written within a transaction of another is committed: it is on its way from here. */
  told(): void {
    this.ledger.ring();
  }

  private async apply(tx: Tx, tenant: string, wish: Wish, source: string, targets: number[]): Promise<Written> {
    await this.records.lockNew(tx, wish.entity, wish.key);
    const before = await this.records.lock(tx, wish.entity, wish.key);
    if (wish.ifVersion !== undefined && (before?.version ?? 0) !== wish.ifVersion)
      throw new ProblemError("STALE", `${wish.entity} ${wish.key} has version ${before?.version ?? 0}`, {
        current: { version: before?.version ?? 0 },
      });
    const next = wanted(wish, before);
    if (before && (before.deleted ? wish.op === "delete" : wish.op !== "delete" && next.hash === before.hash))
      return { version: before.version, pushes: [] };
    if (before && !before.deleted && ENTITIES[wish.entity].kind === "fact")
      throw new ProblemError(
        "CONFLICT",
        `${wish.entity} is a fact: it is never edited, only reversed by another document`,
      );
    const version = (before?.version ?? 0) + 1;
    const page = await this.records.writeChange(tx, {
      tenant,
      entity: wish.entity,
      version,
      canonical: next,
      deleted: wish.op === "delete",
      integration: null,
      jobId: null,
      source,
    });
    return { version, pushes: await this.records.planPushes(tx, page, targets) };
  }
}

function wishOf({ entityType, key, op, body, ifVersion }: WriteRecord): Wish {
  return { entity: entityType, key, op, body: body ?? {}, ...(ifVersion === undefined ? {} : { ifVersion }) };
}

/** The record as it is to be. Throws ERP008, NOT_FOUND. */
function wanted(wish: Wish, before: RecordRow | undefined): Canonical {
  const present = before && !before.deleted ? before.doc : undefined;
  if (wish.op !== "put" && !present) {
    if (wish.op === "delete" && before) return { key: wish.key, doc: JSON.stringify(before.doc), hash: before.hash };
    throw new ProblemError("NOT_FOUND", `there is no ${wish.entity} ${wish.key}`);
  }
  if (wish.op === "delete") return { key: wish.key, doc: JSON.stringify(before?.doc), hash: before?.hash ?? "" };
  const record = wish.op === "put" ? wish.body : mergePatch(present ?? {}, wish.body);
  const next = canonical(wish.entity, record);
  if (next.key !== wish.key) {
    const errors = [
      { field: ENTITIES[wish.entity].key.join("|"), rule: "key", value: next.key.slice(0, 200), code: "ERP008" },
    ];
    throw new ProblemError("ERP008", `the body's key is ${next.key}, the address says ${wish.key}`, { errors });
  }
  return next;
}
