import type { EntityName, JsonObject } from "@dovetail/domain";
import type { AdapterError, Excerpt, Raw } from "@dovetail/adapter-sdk";
import { ProblemError, type ProblemCode } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { entitySettings, ownsKey, sourceOf } from "../accounts/account";
import { DeadLetterRepository } from "../dead-letters/dead-letter.repository";
import { SourceRowService } from "../pull/source-row.service";
import { newLink, type LinkRow, type RecordRow } from "../records/record";
import { RecordRepository } from "../records/record.repository";
import type { PushRow } from "./push";
import { PushRepository } from "./push.repository";
import { followed, isLeft, linkAfter, type SentPart, type Shown } from "./settle-rules";

/** Stores how a push ended: its own state, the link's shadow, what the ERP added, who waits for it. */
@Injectable()
export class PushSettler {
  constructor(
    private readonly records: RecordRepository,
    private readonly pushes: PushRepository,
    private readonly letters: DeadLetterRepository,
    private readonly accounts: AccountService,
    private readonly rows: SourceRowService,
  ) {}

  /** Maps what the ERP showed; a row that cannot be mapped leaves only its id. */
  async read(
    account: Account,
    entity: EntityName,
    externalId: string,
    version: string | undefined,
    shown: Raw | undefined,
  ): Promise<Shown> {
    const nothing = {
      externalId,
      erpVersion: version ?? shown?.version ?? null,
      record: null,
      hash: null,
      mapping: null,
    };
    if (!shown) return nothing;
    const page = await this.rows.prepareWithNewest(account, entity, [shown]);
    const row = page.rows[0];
    if (!row) return nothing;
    return { ...nothing, record: JSON.parse(row.doc) as JsonObject, hash: row.hash, mapping: page.mapping };
  }

  /** The ERP has it. Under the record's lock. */
  async confirm(
    tx: Tx,
    account: Account,
    entity: EntityName,
    push: PushRow,
    shown: Shown,
    asked: SentPart,
  ): Promise<void> {
    const record = await this.records.lock(tx, entity, push.key);
    if (!record) {
      await this.pushes.change(tx, push.id, { status: "confirmed", externalId: shown.externalId });
      return;
    }
    const found = await this.records.link(tx, entity, record, push.key, account.num);
    const base = found ?? newLink(record.integration === null && ownsKey(account, entity, record.key));
    const sent = { ...asked, later: asked.later === true && ownsKey(account, entity, record.key) };
    const link = linkAfter(entity, base, shown, sent, await this.pushes.nextIo(tx));
    const rest = isLeft(entity, record, link, sent);
    await this.pushes.change(tx, push.id, { status: rest ? "pending" : "confirmed", externalId: shown.externalId });
    const hash = await this.follow(tx, account, entity, record, base, shown, sent);
    await this.records.saveLink(tx, entity, push.key, account.num, link, hash);
    await this.letters.resolvePushes(tx, account.num, entity, push.key, "a later push succeeded");
    if (!found?.external_id) await this.letters.readLinked(tx, account.num, entity, shown.externalId);
    await this.pushes.wakeWaiting(tx, account.num, entity, push.key);
  }

  /**
   * What the ERP set by itself (a status, a total, a number) becomes a change of the record, when the ERP may change it: one
   * that only gets pushes does not. Answers the record's hash.
   */
  private async follow(
    tx: Tx,
    account: Account,
    entity: EntityName,
    record: RecordRow,
    base: LinkRow,
    shown: Shown,
    sent: SentPart,
  ): Promise<string> {
    if (!ownsKey(account, entity, record.key)) return record.hash;
    const policy = entitySettings(account, entity)?.fieldPolicy ?? { "*": "erp" };
    const next = followed(entity, { record, base, shown, sent }, policy);
    if (!next) return record.hash;
    const page = await this.records.writeChange(tx, {
      tenant: account.tenant,
      entity,
      version: record.version + 1,
      canonical: next,
      deleted: false,
      integration: account.num,
      jobId: null,
      source: sourceOf(account),
    });
    await this.records.planPushes(tx, page, await this.accounts.targets(account.tenantId, entity, account.num));
    return next.hash;
  }

  /** The ERP surely does not have it, or nobody can tell: no request is under way any more. */
  async release(tx: Tx, account: Account, entity: EntityName, key: string): Promise<void> {
    const record = await this.records.lock(tx, entity, key);
    const link = record && (await this.records.link(tx, entity, record, key, account.num));
    if (!record || !link) return;
    const closed = { ...link, push_open: false, push_io: await this.pushes.nextIo(tx) };
    await this.records.saveLink(tx, entity, key, account.num, closed, record.hash);
  }

  /** Listed with its reason; it is taken up again by a person or by a newer version. */
  async reject(
    tx: Tx,
    account: Account,
    entity: EntityName,
    push: PushRow,
    problem: ProblemError,
    error?: AdapterError,
  ): Promise<void> {
    const excerpts = excerptsOf(error);
    const rejected = await this.pushes.change(tx, push.id, {
      status: "rejected",
      problem: problem.problem,
      category: error?.category ?? "VALIDATION",
      ...excerpts,
    });
    if (!rejected) return;
    await this.release(tx, account, entity, push.key);
    await this.list(tx, account, entity, push, problem.code, problem, excerpts);
  }

  /** Nothing is left to be sent: what was listed of the link's pushes is settled. */
  async unlist(tx: Tx, account: Account, entity: EntityName, key: string): Promise<void> {
    await this.letters.resolvePushes(tx, account.num, entity, key, "nothing is left to be sent");
  }

  async list(
    tx: Tx,
    account: Account,
    entity: EntityName,
    push: PushRow,
    reason: string,
    problem: ProblemError,
    excerpts: object = {},
  ): Promise<void> {
    await this.letters.savePush(tx, {
      pushId: push.id,
      integration: account.num,
      entity,
      key: push.key,
      reason,
      problem: problem.problem,
      payload: this.rows.seal({
        operation: push.operation,
        version: push.version,
        reference: push.reference,
        ...excerpts,
      }),
    });
  }
}

/** A problem document for what an adapter said. */
export function problemOf(error: AdapterError): ProblemError {
  return new ProblemError(error.code as ProblemCode, error.message, { cause: error });
}

/** What left and what came, as an operator may see it. */
export function excerptsOf(error: AdapterError | undefined): { request?: Excerpt; response?: Excerpt } {
  return {
    ...(error?.request ? { request: error.request } : {}),
    ...(error?.response ? { response: error.response } : {}),
  };
}
