import { enqueue, type Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { rereadWorkId } from "../jobs/row.worker";
import type { DeadLetterRow } from "./dead-letter.repository";
import { LetterDeskRepository } from "./letter-desk.repository";

/** Why a letter was not tried again. */
export type LeftReason = "UNKNOWN" | "DUPLICATE" | "NOT_LINKED" | "MOVED_ON" | "NOTHING_TO_RETRY";

/** Each of these asks for a look into the ERP first: a machine could make a second document. */
const BY_HAND: readonly string[] = ["UNKNOWN", "DUPLICATE", "NOT_LINKED"];

/** Puts what a letter is about on its way again, in the caller's transaction. */
@Injectable()
export class LetterRetrier {
  constructor(private readonly desk: LetterDeskRepository) {}

  /** For one that a person has looked into: retried by hand, the ERP does not have the document. */
  async byHand(tx: Tx, letter: DeadLetterRow): Promise<LeftReason | undefined> {
    const left = await this.again(tx, letter, true);
    if (left === undefined && letter.reason === "NOT_LINKED") await this.desk.forgetLost(tx, letter);
    return left;
  }

  /** For one of many: what only a person may decide is left. */
  async byMachine(tx: Tx, letter: DeadLetterRow): Promise<LeftReason | undefined> {
    if (BY_HAND.includes(letter.reason)) return letter.reason as LeftReason;
    return this.again(tx, letter, false);
  }

  private async again(tx: Tx, letter: DeadLetterRow, byHand: boolean): Promise<LeftReason | undefined> {
    const { integration, entity } = letter;
    if (integration === null || entity === null) return "NOTHING_TO_RETRY";
    if (letter.push_id !== null) return this.pushAgain(tx, letter.push_id, byHand);
    if (letter.external_id === null) return "NOTHING_TO_RETRY";
    const id = rereadWorkId(integration, entity, letter.external_id);
    await enqueue(tx, { kind: "reread", id, dueInMs: 0, priority: 3 });
    return undefined;
  }

  private async pushAgain(tx: Tx, pushId: string, byHand: boolean): Promise<LeftReason | undefined> {
    const work = await this.desk.reopenPush(tx, pushId, byHand);
    if (work !== undefined) {
      await enqueue(tx, { kind: "push", id: work, dueInMs: 0, priority: 3 });
      return undefined;
    }
    return (await this.desk.push(tx, pushId))?.status === "unknown" ? "UNKNOWN" : "MOVED_ON";
  }
}
