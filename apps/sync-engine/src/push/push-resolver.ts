import {
  AdapterError,
  writeTerms,
  type LookupQuery,
  type PollResult,
  type Raw,
  type WriteClass,
  type WriteTerms,
} from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database, type Tx, type WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { assertAdapter } from "../accounts/adapter-change";
import { sameJson, type PushRow } from "./push";
import type { PushState } from "./push-plan";
import { problemOf, PushSettler, type SentPart, type Shown } from "./push-settle";
import type { PushTurn } from "./push-turn";
import { PushRepository } from "./push.repository";
import type { RecordRow } from "../records/record";
import { RecordRepository } from "../records/record.repository";

/** Absent answers in a row before a reference counts as surely absent. */
const LOOK_UPS = 2;
const DEFAULT_SETTLE_MS = 10_000;
const UPDATE_SETTLE_MS = 1_000;
const TROUBLE_MS = 5_000;
const SOONEST_POLL_MS = 500;

/** Finds out what became of a request whose outcome is not known: the ERP is asked before anything is sent again. */
@Injectable()
export class PushResolver {
  constructor(
    private readonly db: Database,
    private readonly pushes: PushRepository,
    private readonly settler: PushSettler,
    private readonly records: RecordRepository,
  ) {}

  /** The request left and no answer tells its outcome. */
  async unknown(turn: PushTurn, push: PushRow, error: AdapterError): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      await this.pushes.change(tx, push.id, {
        status: "unknown",
        problem: problemOf(error).problem,
        category: error.category,
      });
      if (this.neverResent(turn, push)) {
        await this.settler.list(tx, turn.account, turn.entity, push, "UNKNOWN", unknownProblem(push));
        return { done: true };
      }
      return { againInMs: this.settleMs(turn, push) };
    });
  }

  async resolve(turn: PushTurn, state: PushState): Promise<WorkResult> {
    const { push } = state;
    if (push.adapter !== null && push.adapter !== turn.session.adapter.system) return this.leave(turn, push);
    // one with a handle was taken by the ERP: only its answer tells, nothing is sent a second time
    if (push.status === "accepted" || (push.status === "unknown" && push.handle !== null)) return this.poll(turn, push);
    // found in "sent" by another claim: the worker before died with the request under way
    if (push.status === "sent") return this.unknown(turn, push, lostWorker());
    if (this.neverResent(turn, push)) return { done: true };
    const wait = this.settleMs(turn, push) - (push.sent_ms ?? 0);
    if (wait > 0) return { againInMs: wait };
    try {
      return await this.ask(turn, state);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      // an ERP that refuses or merges a second write need not be able to find the first
      if (error.category === "VALIDATION" && classOf(turn) === "K") return this.sendAgain(turn, push);
      return { againInMs: error.retryAfterMs ?? TROUBLE_MS };
    }
  }

  /** Sent through another adapter: this one has no way to ask, and a second sending could be a second document. */
  private async leave(turn: PushTurn, push: PushRow): Promise<WorkResult> {
    const problem = leftProblem(push, turn.session.adapter.system);
    return this.write(turn, async (tx) => {
      await this.pushes.change(tx, push.id, { status: "unknown", problem: problem.problem, category: push.category });
      await this.settler.list(tx, turn.account, turn.entity, push, "UNKNOWN", problem);
      return { done: true };
    });
  }

  private async ask(turn: PushTurn, state: PushState): Promise<WorkResult> {
    const { push, link } = state;
    const { port, session } = turn;
    const query = queryOf(turn, state);
    if (!port.lookup || !query) return this.sendAgain(turn, push);
    const found = await port.lookup(session.handle, query);
    const first = found[0];
    if (found.length > 1 && push.operation !== "update") return this.duplicate(turn, push, found);
    if (push.operation === "delete")
      return found.length === 0
        ? this.confirmed(turn, state, link?.external_id ?? "", undefined)
        : this.sendAgain(turn, push);
    if (push.operation === "update") return this.updated(turn, state, first);
    if (first) return this.confirmed(turn, state, first.externalId, first);
    if (push.looked_up + 1 < LOOK_UPS)
      return this.write(turn, async (tx) => {
        await this.pushes.change(tx, push.id, { status: "unknown", lookedUp: push.looked_up + 1 });
        return { againInMs: Math.max(1_000, this.settleMs(turn, push) / 2) };
      });
    return this.sendAgain(turn, push);
  }

  /** An update sets values: seen there it is done, not seen there it is sent again. */
  private async updated(turn: PushTurn, state: PushState, row: Raw | undefined): Promise<WorkResult> {
    if (!row) return this.sendAgain(turn, state.push);
    const shown = await this.settler.read(turn.account, turn.entity, row.externalId, row.version, row);
    const { fields, sent } = state.push;
    // what was sent, not what the record has become: values that never arrived are no accepted difference
    const wanted = sent ?? state.record.doc;
    const there =
      shown.record !== null && (fields ?? []).every((field) => sameJson(shown.record?.[field], wanted[field]));
    return there ? this.store(turn, state, shown) : this.sendAgain(turn, state.push);
  }

  private async confirmed(
    turn: PushTurn,
    state: PushState,
    externalId: string,
    row: Raw | undefined,
  ): Promise<WorkResult> {
    return this.store(turn, state, await this.settler.read(turn.account, turn.entity, externalId, row?.version, row));
  }

  private async store(turn: PushTurn, state: PushState, shown: Shown): Promise<WorkResult> {
    const { push, record } = state;
    return this.write(turn, async (tx) => {
      await this.settler.confirm(tx, turn.account, turn.entity, push, shown, sentBy(push, record));
      return { againInMs: 0 };
    });
  }

  private async sendAgain(turn: PushTurn, push: PushRow): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      await this.pushes.change(tx, push.id, { status: "pending", lookedUp: 0 });
      await this.settler.release(tx, turn.account, turn.entity, push.key);
      return { againInMs: 0 };
    });
  }

  private async duplicate(turn: PushTurn, push: PushRow, found: readonly Raw[]): Promise<WorkResult> {
    const ids = found.map((row) => row.externalId).join(", ");
    const problem = new ProblemError(
      "CONFLICT",
      `reference ${push.reference} stands ${found.length} times in the ERP: ${ids}`,
    );
    return this.write(turn, async (tx) => {
      await this.settler.list(tx, turn.account, turn.entity, push, "DUPLICATE", problem);
      return { done: true };
    });
  }

  private async poll(turn: PushTurn, push: PushRow): Promise<WorkResult> {
    const poll = turn.port.push?.poll;
    if (!poll || push.handle === null) return { done: true };
    let answer: PollResult;
    try {
      answer = await poll(turn.session.handle, push.handle);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      return { againInMs: error.retryAfterMs ?? TROUBLE_MS };
    }
    if (answer === "pending") return { againInMs: pollAgainMs(push) };
    if ("category" in answer) {
      const unclear = answer.category === "SERVER" || answer.category === "TRANSIENT";
      if (unclear) return this.unclear(turn, push, answer.message);
      return this.refused(turn, push, new ProblemError("ERP008", answer.message));
    }
    const shown = await this.settler.read(turn.account, turn.entity, answer.externalId, answer.version, answer.shown);
    return this.write(turn, async (tx) => {
      const record = await this.records.read(tx, turn.entity, turn.key);
      if (record) await this.settler.confirm(tx, turn.account, turn.entity, push, shown, sentBy(push, record));
      return { againInMs: 0 };
    });
  }

  /** The ERP took it, and its answer does not say whether it is done: a person's, as long as no other answer comes. */
  private async unclear(turn: PushTurn, push: PushRow, message: string): Promise<WorkResult> {
    const problem = new ProblemError("ERP001", message, { resolution: BY_HAND });
    return this.write(turn, async (tx) => {
      await this.pushes.change(tx, push.id, { status: "unknown", problem: problem.problem, category: "SERVER" });
      await this.settler.list(tx, turn.account, turn.entity, push, "UNKNOWN", problem);
      return { done: true };
    });
  }

  private async refused(turn: PushTurn, push: PushRow, problem: ProblemError): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      await this.settler.reject(tx, turn.account, turn.entity, push, problem);
      return { done: true };
    });
  }

  /** Class N: neither repeated nor asked for by a machine; a person decides. Updates only set values. */
  private neverResent(turn: PushTurn, push: PushRow): boolean {
    return classOf(turn) === "N" && push.operation !== "update";
  }

  private settleMs(turn: PushTurn, push: PushRow): number {
    if (push.operation === "update" || classOf(turn) === "K") return UPDATE_SETTLE_MS;
    return termsOf(turn)?.settleMs ?? DEFAULT_SETTLE_MS;
  }

  private async write(turn: PushTurn, work: (tx: Tx) => Promise<WorkResult>): Promise<WorkResult> {
    return this.db.transaction(turn.account.tenantId, async (tx) => {
      await assertHeld(tx, turn.claim);
      await assertAdapter(tx, turn.account.num, turn.session.adapter.system);
      return work(tx);
    });
  }
}

/** What this connection says of writes: settings may decide. */
function termsOf({ port, session }: PushTurn): WriteTerms | undefined {
  return port.push && writeTerms(port.push, session.handle);
}

function classOf(turn: PushTurn): WriteClass | undefined {
  return termsOf(turn)?.class;
}

function queryOf(turn: PushTurn, { push, link, record }: PushState): LookupQuery | undefined {
  const externalId = link?.external_id ?? null;
  if (push.operation === "update" || push.operation === "delete")
    return externalId === null ? undefined : { externalId };
  // class K: a second write of the reference is refused or merged by the ERP, so it is simply sent again; what has been
  // deleted here since is not, and must be found to be deleted there
  if (classOf(turn) === "K" && !record.deleted) return undefined;
  return { reference: push.reference };
}

/** A quick ERP is asked again soon, a slow one seldom: after as long as it has taken until now, within bounds. */
function pollAgainMs({ sent_ms }: PushRow): number {
  return Math.min(TROUBLE_MS, Math.max(SOONEST_POLL_MS, sent_ms ?? 0));
}

/** What an earlier turn sent; the record may have moved on since, or even back to what it was before. */
function sentBy(push: PushRow, record: RecordRow): SentPart {
  return {
    operation: push.operation,
    fields: push.fields ?? [],
    doc: push.sent ?? record.doc,
    current: push.sent !== null,
  };
}

function lostWorker(): AdapterError {
  return new AdapterError("the worker that sent it ended before the answer", {
    category: "TRANSIENT",
    code: "ERP001",
    sent: "maybe",
  });
}

const BY_HAND = "Look the document up in the ERP; then discard the entry, or retry it when the document is not there.";

function unknownProblem(push: PushRow): ProblemError {
  return new ProblemError(
    "ERP001",
    `what became of ${push.operation} ${push.key} (reference ${push.reference}) is not known`,
    { resolution: BY_HAND },
  );
}

function leftProblem(push: PushRow, now: string): ProblemError {
  const { operation, key, reference, adapter } = push;
  const detail = `${operation} ${key} (reference ${reference}) was sent through ${adapter}; the integration now goes through ${now}`;
  return new ProblemError("ERP001", detail, { resolution: BY_HAND });
}
