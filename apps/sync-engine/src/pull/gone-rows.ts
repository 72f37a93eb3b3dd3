import { ENTITIES, type EntityName } from "@dovetail/domain";
import { AdapterError } from "@dovetail/adapter-sdk";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { isTarget, ownsKey, sourceOf, type Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { assertAdapter } from "../accounts/adapter-change";
import { SessionService } from "../accounts/session.service";
import { CancelledError } from "../jobs/turn-end";
import { fieldsToSend } from "../push/push";
import { newLink, type LinkRow } from "../records/record";
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
      const seen = await this.look(account, entity, id);
      if (seen === "there") continue;
      const outcome =
        "why" in seen
          ? seen
          : await this.db.transaction(account.tenantId, async (tx) => {
              await tx.execute("savepoint foreseen");
              const tried = await this.apply(tx, gone, { id, key }, []);
              await tx.execute("rollback to savepoint foreseen");
              return tried;
            });
      if ("why" in outcome) foreseen.push({ id, key, why: outcome.why });
      else if (outcome.deleted) foreseen.push({ id, key, why: null });
    }
    return foreseen;
  }

  /**
   * A person has one tried again: it is applied whatever the limit, and what outlived its row is made there anew. Answers its
   * letter when it stays.
   */
  async again(account: Account, entity: EntityName, id: string): Promise<Letter | undefined> {
    const key = (await this.known(account, entity, [id])).get(id);
    if (key !== undefined) return this.settle(account, entity, { id, key, jobId: null });
    if (isTarget(account, entity))
      await this.db.transaction(account.tenantId, (tx) => this.pages.makeAnew(tx, account.num, entity, id));
    return undefined;
  }

  /** Reads one row that may be gone, and deletes it when it is, whatever the limit. Answers its letter when it stays. */
  async settle(
    account: Account,
    entity: EntityName,
    { id, key, jobId }: { id: string; key: string; jobId: string | null },
  ): Promise<Letter | undefined> {
    const io = await this.pages.nextIo();
    const outcome = await this.one({ account, entity, ids: [id], io, jobId }, id, key);
    if ("why" in outcome) return goneLetter(id, key, outcome.why);
    if (outcome.deleted)
      await this.db.transaction(account.tenantId, (tx) => this.pages.settleGone(tx, account.num, entity, [id]));
    return undefined;
  }

  /** Whether the ERP shows the row. One that it cannot be asked about is settled with a letter that says so. */
  async isThere(account: Account, entity: EntityName, id: string): Promise<boolean> {
    return (await this.look(account, entity, id)) === "there";
  }

  /** How many rows the account's runs may delete of the entity within a day, and how many they have deleted. */
  async limit(account: Account, entity: EntityName): Promise<{ most: number; deleted: number }> {
    const { rows, deleted } = await this.pages.deletionsOfDay(account.tenantId, account.num, ENTITIES[entity].code);
    return { most: deletionLimit(rows), deleted };
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
    const { most, deleted } = await this.limit(account, entity);
    if (deleted + more <= most) return undefined;
    return `the ERP says that ${more} rows at once are gone, after ${deleted} within a day: more than ${most} are for a person`;
  }

  private async one(gone: Gone, id: string, key: string): Promise<Outcome> {
    const { account, entity } = gone;
    if (account.recovering) return { why: "the integration is in recovery: nothing is deleted before its release" };
    const seen = await this.look(account, entity, id);
    // it is there: it came again, and its row is read
    if (seen === "there") return { deleted: false };
    if ("why" in seen) return seen;
    const targets = await this.accounts.targets(account.tenantId, entity, account.num);
    return this.db.transaction(account.tenantId, async (tx) => {
      await assertAdapter(tx, account.num, seen.absentIn);
      return this.apply(tx, gone, { id, key }, targets);
    });
  }

  /** Asks the ERP for the row; `absentIn`: the system whose adapter is sure that it is not there. Throws AdapterError. */
  private async look(account: Account, entity: EntityName, id: string): Promise<Look> {
    const { adapter, handle } = await this.sessions.open(account);
    const lookup = adapter.entities[entity]?.lookup;
    if (!lookup) return { why: `${adapter.system} cannot confirm it: it has no look-up` };
    try {
      return (await lookup(handle, { externalId: id })).length > 0 ? "there" : { absentIn: adapter.system };
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      if (error.category === "NOT_FOUND") return { absentIn: adapter.system };
      if (error.category !== "VALIDATION") throw error;
      return { why: `it cannot be confirmed: ${error.message}` };
    }
  }

  /**
   * Under the record's lock; who calls has read that the ERP does not have the row, and has asserted the adapter. Throws
   * CancelledError when the run was cancelled, or its integration went into recovery, while the ERP was asked.
   */
  async apply(
    tx: Tx,
    gone: Gone,
    { id, key }: { id: string; key: string },
    targets: readonly number[],
  ): Promise<Outcome> {
    const { account, entity, io, jobId } = gone;
    const record = await this.records.lock(tx, entity, key);
    if (jobId !== null && !(await this.pages.stillRuns(tx, account.num, jobId))) throw new CancelledError();
    const link = record && (await this.records.link(tx, entity, record, key, account.num));
    // linked otherwise or deleted by now
    if (!record || link?.external_id !== id || record.deleted) return { deleted: false };
    if (isOvertaken(link, io)) return { why: UNTAKEN };
    const kept = staysBecause(account, entity, key, link);
    if (kept !== undefined) {
      // the link is lost, as one whose document is known by no id: what would be made anew is asked about first
      const lost = { ...link, external_id: null, erp_version: null, push_io: io };
      await this.records.saveLink(tx, entity, key, account.num, lost, record.hash);
      return { why: kept };
    }
    if (fieldsToSend(entity, link, record.doc).length > 0) return { why: UNTAKEN };
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
    await this.pages.wakeClaimants(tx, account.num, entity, key);
    return { deleted: true };
  }
}

/** What the ERP says when it is asked for a row that may be gone. */
type Look = "there" | { absentIn: string } | { why: string };

const UNTAKEN = "the record has changes that the ERP has not taken";

/** Why a record outlives its row in this ERP; undefined: it does not. */
function staysBecause(account: Account, entity: EntityName, key: string, link: LinkRow): string | undefined {
  if (ENTITIES[entity].kind === "fact") return "a fact is never deleted, only reversed";
  if (!ownsKey(account, entity, key)) return "the record is not this integration's to delete";
  return link.master ? undefined : "the record came by another integration";
}
