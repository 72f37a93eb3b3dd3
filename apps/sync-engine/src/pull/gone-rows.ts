import { ENTITIES, type EntityName } from "@dovetail/domain";
import { AdapterError } from "@dovetail/adapter-sdk";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { ownsKey, sourceOf, type Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { assertAdapter } from "../accounts/adapter-change";
import { SessionService } from "../accounts/session.service";
import { fieldsToSend } from "../push/push";
import { newLink } from "../records/record";
import { RecordRepository } from "../records/record.repository";
import { goneLetter, isStorableId, type Letter } from "./page";
import { PageRepository } from "./page.repository";
import { deletionLimit, isOvertaken } from "./read-rules";

/** What an ERP says is gone, and the run that was told so. */
export interface Gone {
  account: Account;
  entity: EntityName;
  ids: readonly string[];
  /** The I/O number of the read. */
  io: number;
  jobId: string | null;
}

/** What would become of one id: deleted, or left with the reason. */
export interface ForeseenGone {
  id: string;
  key: string;
  why: string | null;
}

/** What became of one id: `why` it stays. */
type Outcome = { deleted: boolean } | { why: string };

/**
 * Rows that an ERP says are gone. Each is confirmed by a read of it, and becomes a deletion like any other change: pushed to
 * the other integrations and told to whoever listens. What is not applied is listed, never passed over: what has local edits,
 * what is not this integration's, and everything when it is too much within a day (SPEC SYN 7).
 */
@Injectable()
export class GoneRows {
  constructor(
    private readonly db: Database,
    private readonly pages: PageRepository,
    private readonly records: RecordRepository,
    private readonly accounts: AccountService,
    private readonly sessions: SessionService,
  ) {}

  /** Applies what can be; answers the letters of the rest, to be stored with the page. To be run before the cursor moves. */
  async take(gone: Gone): Promise<Letter[]> {
    const { account, entity } = gone;
    // one that cannot be kept is not linked either
    const ids = gone.ids.filter(isStorableId);
    if (ids.length === 0) return [];
    const known = await this.known(account, entity, ids);
    const stop = known.size > 0 && (await this.tooMany(account, entity, known.size));
    const letters: Letter[] = [];
    const settled: string[] = [];
    for (const id of ids) {
      const key = known.get(id);
      if (key === undefined) settled.push(id);
      else {
        const outcome = stop ? { why: stop } : await this.one(gone, id, key);
        if ("why" in outcome) letters.push(goneLetter(id, key, outcome.why));
        else if (outcome.deleted) settled.push(id);
      }
    }
    await this.db.transaction(account.tenantId, (tx) => this.pages.settleGone(tx, account.num, entity, settled));
    return letters;
  }

  /** What `take` would do with each of which there is something to delete, limit aside; nothing is done. */
  async foresee(gone: Gone): Promise<ForeseenGone[]> {
    const { account, entity } = gone;
    const known = await this.known(account, entity, gone.ids.filter(isStorableId));
    const foreseen: ForeseenGone[] = [];
    for (const [id, key] of known) {
      const confirmed = await this.confirm(gone, id, key);
      const outcome =
        confirmed ??
        (await this.db.transaction(account.tenantId, async (tx) => {
          await tx.execute("savepoint foreseen");
          const tried = await this.apply(tx, gone, { id, key }, []);
          await tx.execute("rollback to savepoint foreseen");
          return tried;
        }));
      if ("why" in outcome) foreseen.push({ id, key, why: outcome.why });
      else if (outcome.deleted) foreseen.push({ id, key, why: null });
    }
    return foreseen;
  }

  /** A person has one tried again: it is applied whatever the limit. Answers its letter when it stays. */
  async again(account: Account, entity: EntityName, id: string): Promise<Letter | undefined> {
    const io = await this.pages.nextIo();
    const key = (await this.known(account, entity, [id])).get(id);
    if (key === undefined) return undefined;
    const outcome = await this.one({ account, entity, ids: [id], io, jobId: null }, id, key);
    return "why" in outcome ? goneLetter(id, key, outcome.why) : undefined;
  }

  /** Whether the ERP has said that the row is gone, and a person's word is waited for. */
  async isListed(account: Account, entity: EntityName, id: string): Promise<boolean> {
    return this.pages.isListedAsGone(account.tenantId, account.num, ENTITIES[entity].code, id);
  }

  /** The keys of those that there is something to delete of. One that was deleted here has a push that finds it gone. */
  private async known(account: Account, entity: EntityName, ids: readonly string[]): Promise<Map<string, string>> {
    const { code } = ENTITIES[entity];
    const keys = await this.pages.keysOf(account.tenantId, account.num, code, ids);
    if (keys.size === 0) return keys;
    const living = await this.pages.living(account.tenantId, code, [...keys.values()]);
    return new Map([...keys].filter(([, key]) => living.has(key)));
  }

  private async tooMany(account: Account, entity: EntityName, more: number): Promise<string | undefined> {
    const { rows, deleted } = await this.pages.deletionsOfDay(account.tenantId, account.num, ENTITIES[entity].code);
    const most = deletionLimit(rows);
    if (deleted + more <= most) return undefined;
    return `the ERP says that ${more} rows at once are gone, after ${deleted} within a day: more than ${most} are for a person`;
  }

  private async one(gone: Gone, id: string, key: string): Promise<Outcome> {
    const { account, entity } = gone;
    const confirmed = await this.confirm(gone, id, key);
    if (confirmed) return confirmed;
    const targets = await this.accounts.targets(account.tenantId, entity, account.num);
    return this.db.transaction(account.tenantId, async (tx) => {
      await assertAdapter(tx, account.num, account.document.adapter.system);
      return this.apply(tx, gone, { id, key }, targets);
    });
  }

  /** Reads the row; undefined when the ERP does not have it and its record may be deleted. */
  private async confirm({ account, entity }: Gone, id: string, key: string): Promise<Outcome | undefined> {
    if (ENTITIES[entity].kind === "fact") return { why: "a fact is never deleted, only reversed" };
    if (!ownsKey(account, entity, key)) return { why: "the record is not this integration's to delete" };
    const session = await this.sessions.open(account);
    const lookup = session.adapter.entities[entity]?.lookup;
    if (!lookup) return { why: `${session.adapter.system} cannot confirm it: it has no look-up` };
    try {
      // it is there: it came again, and its row is read
      if ((await lookup(session.handle, { externalId: id })).length > 0) return { deleted: false };
    } catch (error) {
      if (!(error instanceof AdapterError) || error.category !== "VALIDATION") throw error;
      return { why: `it cannot be confirmed: ${error.message}` };
    }
    return undefined;
  }

  /** Under the record's lock; who calls has read that the ERP does not have the row. */
  async apply(
    tx: Tx,
    gone: Gone,
    { id, key }: { id: string; key: string },
    targets: readonly number[],
  ): Promise<Outcome> {
    const { account, entity, io, jobId } = gone;
    const record = await this.records.lock(tx, entity, key);
    const link = record && (await this.records.link(tx, entity, record, key, account.num));
    // linked otherwise or deleted by now
    if (!record || link?.external_id !== id || record.deleted) return { deleted: false };
    if (!link.master) return { why: "the record came by another integration" };
    if (isOvertaken(link, io) || fieldsToSend(entity, link, record.doc).length > 0)
      return { why: "the record has changes that the ERP has not taken" };
    const page = await this.records.writeChange(tx, {
      tenant: account.tenant,
      entity,
      version: record.version + 1,
      canonical: { key, doc: JSON.stringify(record.doc), hash: record.hash },
      deleted: true,
      integration: account.num,
      jobId,
      source: sourceOf(account),
    });
    const unlinked = { ...newLink(true), push_io: link.push_io };
    await this.records.saveLink(tx, entity, key, account.num, unlinked, record.hash);
    await this.records.planPushes(tx, page, targets);
    if (jobId !== null) await this.pages.countDeleted(tx, jobId);
    return { deleted: true };
  }
}
