import type { Json, JsonObject, MergeConflict, SettledConflict } from "@dovetail/domain";
import { ProblemError, type ProblemDocument } from "@dovetail/contracts";
import type { Tx } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { DeadLetterRepository } from "../dead-letters/dead-letter.repository";
import type { ShownRow } from "./read-rules";
import { SourceRowService } from "./source-row.service";

/** A conflict as it is listed until somebody resolves it. */
export interface ListedConflict {
  /** `current`: the record's version, and of each field both values and the one before. */
  problem: ProblemDocument;
  /** The row as it was read, sealed: what a person decided on. */
  payload: Json;
}

/** What the letter of a conflict holds of the row. */
export interface ConflictingRow {
  record: JsonObject;
  erpVersion: string | null;
  mapping: number;
}

/** What is listed where both sides changed a field: until a person resolves it, or with who won. */
@Injectable()
export class ConflictLetters {
  constructor(
    private readonly letters: DeadLetterRepository,
    private readonly rows: SourceRowService,
  ) {}

  /** One that a person has to decide (policy manual, or a rule of the mapping changed). */
  open(detail: string, conflicts: readonly MergeConflict[], row: ShownRow, version: number): ListedConflict {
    const { record, erpVersion, mapping } = row;
    const fields = conflicts.map(({ field, shadow, record: ours, read }) => ({
      field,
      ours,
      theirs: read,
      before: shadow,
    }));
    const problem = new ProblemError("CONFLICT", detail, {
      resolution:
        "Retry the entry with the record as it should be: it becomes a new version here, and goes to the ERP.",
      current: { version, conflicts: fields } as unknown as Json,
    }).problem;
    return {
      problem,
      payload: this.rows.seal({ record, erpVersion, mapping } satisfies ConflictingRow as unknown as Json),
    };
  }

  /** Who lost by the field policy: listed as resolved, so that no change is lost unseen (SYN-10). */
  async settled(tx: Tx, account: Account, row: ShownRow, settled: readonly SettledConflict[]): Promise<void> {
    if (settled.length === 0) return;
    const fields = settled.map(({ field, shadow, record, read, winner, policy }) => ({
      field,
      ours: record,
      theirs: read,
      before: shadow,
      winner,
      policy,
    }));
    const note = `settled by policy: ${settled.map(({ field, policy, winner }) => `${field} (${policy}): ${winner}`).join(", ")}`;
    const payload = this.rows.seal({ fields } as unknown as Json);
    await this.letters.saveSettled(tx, account.num, row, note.slice(0, 1_000), payload);
  }

  /** The row that a letter of a conflict is about; undefined when it was too long to keep. */
  rowOf(payload: Json): ConflictingRow | undefined {
    const kept = this.rows.unseal(payload) as unknown as ConflictingRow | undefined;
    return kept?.record === undefined ? undefined : kept;
  }
}
