import { AdapterError, type LookupQuery, type PollResult, type Raw } from "@dovetail/adapter-sdk";
import { ProblemError } from "@dovetail/contracts";
import { assertHeld, Database, type Tx, type WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { assertAdapter } from "../accounts/adapter-change";
import type { PushRow } from "./push";
import {
  abilitiesOf,
  afterCompare,
  afterLookUp,
  afterPoll,
  afterSilence,
  inquiry,
  mayStillArrive,
  isForPerson,
  settleMs,
  TROUBLE_MS,
  type PushState,
} from "./push-rules";
import { excerptsOf, problemOf, PushSettler } from "./push-settle";
import type { PushTurn } from "./push-turn";
import { PushRepository } from "./push.repository";
import { RecordRepository } from "../records/record.repository";
import { sentBy, type SentPart, type Shown } from "./settle-rules";

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
        ...excerptsOf(error),
      });
      const can = abilitiesOf(turn.port, turn.session.handle);
      if (isForPerson(push, can)) {
        const problem = unknownProblem(push);
        await this.settler.list(tx, turn.account, turn.entity, push, "UNKNOWN", problem, excerptsOf(error));
        return { done: true };
      }
      return { againInMs: settleMs(push, can) };
    });
  }

  async resolve(turn: PushTurn, state: PushState): Promise<WorkResult> {
    const { push } = state;
    const next = inquiry(state, abilitiesOf(turn.port, turn.session.handle), turn.session.adapter.system);
    switch (next.do) {
      case "leave":
        return this.leave(turn, push);
      case "poll":
        return this.poll(turn, push);
      case "lost":
        return this.unknown(turn, push, lostWorker());
      case "person":
        return this.forPerson(turn, push);
      case "wait":
        return { againInMs: next.ms };
      case "sendAgain":
        return this.sendAgain(turn, push);
      case "ask":
        return this.ask(turn, state, next.by);
    }
  }

  /** Listed also where it came to be in doubt without a request of this process. */
  private async forPerson(turn: PushTurn, push: PushRow): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      await this.settler.list(tx, turn.account, turn.entity, push, "UNKNOWN", unknownProblem(push));
      return { done: true };
    });
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

  private async ask(turn: PushTurn, state: PushState, by: LookupQuery): Promise<WorkResult> {
    const can = abilitiesOf(turn.port, turn.session.handle);
    let found: Raw[];
    try {
      found = await (turn.port.lookup as NonNullable<typeof turn.port.lookup>)(turn.session.handle, by);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      const next = afterSilence(error, can);
      return next.do === "wait" ? { againInMs: next.ms } : this.sendAgain(turn, state.push);
    }
    const { push, link } = state;
    const [first] = found;
    const next = afterLookUp(push, found.length, can);
    switch (next.do) {
      case "duplicate":
        return this.duplicate(turn, push, found);
      case "confirm":
        return this.confirmed(turn, state, first?.externalId ?? link?.external_id ?? "", first);
      case "compare":
        return this.compare(turn, state, first as Raw);
      case "lookAgain":
        return this.lookLater(turn, push, next);
      case "sendAgain":
        return this.sendAgain(turn, push);
    }
  }

  private async lookLater(turn: PushTurn, push: PushRow, next: { lookedUp: number; ms: number }): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      await this.pushes.change(tx, push.id, { status: "unknown", lookedUp: next.lookedUp });
      return { againInMs: next.ms };
    });
  }

  private async compare(turn: PushTurn, state: PushState, row: Raw): Promise<WorkResult> {
    const shown = await this.settler.read(turn.account, turn.entity, row.externalId, row.version, row);
    if (!shown.record) return this.sendAgain(turn, state.push);
    const sent = afterCompare(state, shown.record);
    const later = mayStillArrive(state.push, sent, abilitiesOf(turn.port, turn.session.handle));
    return later ? this.lookLater(turn, state.push, later) : this.store(turn, state, shown, sent);
  }

  private async confirmed(
    turn: PushTurn,
    state: PushState,
    externalId: string,
    row: Raw | undefined,
  ): Promise<WorkResult> {
    const shown = await this.settler.read(turn.account, turn.entity, externalId, row?.version, row);
    return this.store(turn, state, shown, { ...sentBy(state.push, state.record), later: true });
  }

  private async store(turn: PushTurn, { push }: PushState, shown: Shown, sent: SentPart): Promise<WorkResult> {
    return this.write(turn, async (tx) => {
      await this.settler.confirm(tx, turn.account, turn.entity, push, shown, sent);
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
    const next = afterPoll(push, answer);
    if (next.do === "wait") return { againInMs: next.ms };
    if (next.do === "unclear") return this.unclear(turn, push, next.message);
    if (next.do === "reject") return this.refused(turn, push, new ProblemError("ERP008", next.message));
    const { externalId, version, shown: raw } = next.answer;
    const shown = await this.settler.read(turn.account, turn.entity, externalId, version, raw);
    return this.write(turn, async (tx) => {
      const record = await this.records.read(tx, turn.entity, turn.key);
      if (record) await this.settler.confirm(tx, turn.account, turn.entity, push, shown, sentBy(push, record));
      return { againInMs: 0 };
    });
  }

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

  private async write(turn: PushTurn, work: (tx: Tx) => Promise<WorkResult>): Promise<WorkResult> {
    return this.db.transaction(turn.account.tenantId, async (tx) => {
      await assertHeld(tx, turn.claim);
      await assertAdapter(tx, turn.account.num, turn.session.adapter.system);
      return work(tx);
    });
  }
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
