import { ENTITIES, type JsonObject } from "@dovetail/domain";
import { ProblemError, type CallContext, type DiscardDeadLetter, type RetryDeadLetter } from "@dovetail/contracts";
import { Database, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { knownId, sourceOfActor } from "../ids";
import { entityOf } from "../pull/source-row.service";
import { DeadLetterRepository, type DeadLetterRow } from "./dead-letter.repository";
import { LetterDecisions } from "./letter-decisions";
import { LetterDeskRepository } from "./letter-desk.repository";
import { LetterRetrier } from "./letter-retrier";

/** What a person does with one dead letter: correct, retry, discard. */
@Injectable()
export class LetterDesk {
  constructor(
    private readonly db: Database,
    private readonly letters: DeadLetterRepository,
    private readonly desk: LetterDeskRepository,
    private readonly retrier: LetterRetrier,
    private readonly decisions: LetterDecisions,
  ) {}

  /**
   * Tries again. A source row is read afresh from the ERP; a push is sent again, with `record` as a new version by the
   * operator where it is given. Throws CONFLICT with the current state when the letter is closed or its push has been
   * passed over, STALE when it is not the version that the caller saw.
   */
  async retry(ctx: CallContext, input: RetryDeadLetter): Promise<void> {
    const id = knownId(input.id, "dead letter");
    if (input.record) return this.correct(ctx, id, input.record, input.ifVersion);
    if (input.accept) return this.accept(ctx, id, input.ifVersion);
    await this.db.transaction(ctx.tenantId, async (tx) => {
      const letter = await this.takeUp(tx, id, input.ifVersion);
      if ((await this.retrier.byHand(tx, letter)) !== undefined) throw await this.movedOn(tx, letter);
    });
  }

  async discard(ctx: CallContext, { id, reason, ifVersion }: DiscardDeadLetter): Promise<void> {
    await this.db.transaction(ctx.tenantId, async (tx) => {
      const letter = await this.takeUp(tx, knownId(id, "dead letter"), ifVersion);
      await this.desk.close(tx, letter.id, "DISCARDED", reason, sourceOfActor(ctx));
      if (letter.push_id) await this.desk.discardPush(tx, letter.push_id);
    });
  }

  /** The operator's correction is a new version of the record, on its way like any other. */
  private async correct(ctx: CallContext, id: string, body: JsonObject, ifVersion: number | undefined): Promise<void> {
    await this.db.transaction(ctx.tenantId, async (tx) => {
      const letter = await this.takeUp(tx, id, ifVersion);
      const base = await this.baseOf(tx, letter);
      try {
        await this.decisions.correct(tx, ctx, letter, { body, base });
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== "STALE" || letter.push_id === null) throw error;
        throw await this.movedOn(tx, letter);
      }
      await this.desk.close(tx, id, "RESOLVED", "corrected by a new version", sourceOfActor(ctx));
    });
    this.decisions.corrected();
  }

  /** What the ERP shows of the key stands; the letter is settled by the read that follows. */
  private async accept(ctx: CallContext, id: string, ifVersion: number | undefined): Promise<void> {
    const letter = await this.db.transaction(ctx.tenantId, (tx) => this.takeUp(tx, id, ifVersion));
    await this.decisions.accept(ctx, letter);
  }

  /** The version of the record that the letter is about; undefined where it is about a source row. */
  private async baseOf(tx: Tx, letter: DeadLetterRow): Promise<number | undefined> {
    if (letter.entity === null || letter.key === null)
      throw new ProblemError(
        "CONFLICT",
        "the letter has no key: correct the row in the ERP and retry without a record",
      );
    if (ENTITIES[entityOf(letter.entity)].kind === "fact" && letter.push_id !== null)
      throw new ProblemError("CONFLICT", "a fact is never edited: discard the letter and enter another document");
    if (letter.push_id === null) return undefined;
    const push = await this.desk.push(tx, letter.push_id);
    if (push?.status === "unknown")
      throw new ProblemError("CONFLICT", "what became of the push is not known: it cannot be corrected before that", {
        resolution: "Look the document up in the ERP; there: discard the letter, not there: retry it as it is.",
      });
    return push?.version;
  }

  /** The open letter, locked until the transaction ends. Throws NOT_FOUND, CONFLICT, STALE. */
  private async takeUp(tx: Tx, id: string, ifVersion: number | undefined): Promise<DeadLetterRow> {
    const letter = await this.letters.get(tx, id, true);
    if (!letter) throw new ProblemError("NOT_FOUND", `there is no dead letter ${id}`);
    if (letter.status !== "OPEN") throw closed(letter);
    if (!(await this.desk.takeUp(tx, id, ifVersion ?? null)))
      throw new ProblemError("STALE", `the letter has version ${letter.version}`, {
        current: { version: letter.version, status: letter.status },
      });
    return letter;
  }

  private async movedOn(tx: Tx, letter: DeadLetterRow): Promise<ProblemError> {
    const push = letter.push_id === null ? undefined : await this.desk.push(tx, letter.push_id);
    if (!push) return new ProblemError("CONFLICT", "there is nothing to try again");
    return new ProblemError("CONFLICT", `${letter.key ?? "the record"} has moved on since`, {
      resolution:
        "Read the record; its newest version is on its way by itself. Discard the letter if it is still listed.",
      current: { pushStatus: push.status, pushVersion: push.version, recordVersion: push.record_version },
    });
  }
}

function closed(letter: DeadLetterRow): ProblemError {
  return new ProblemError("CONFLICT", `the letter is ${letter.status.toLowerCase()}`, {
    current: { status: letter.status, note: letter.note, closedBy: letter.closed_by },
  });
}
