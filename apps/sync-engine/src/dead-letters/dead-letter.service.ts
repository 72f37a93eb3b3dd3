import type { Json } from "@dovetail/domain";
import {
  ProblemError,
  type CallContext,
  type DeadLetter,
  type LetterExcerpt,
  type ListDeadLetters,
  type Page,
} from "@dovetail/contracts";
import { Database } from "@dovetail/database";
import { cutByBytes } from "@dovetail/messaging";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { idOfCursor, knownId } from "../ids";
import { entityOf, SourceRowService } from "../pull/source-row.service";
import { DeadLetterRepository, type DeadLetterRow } from "./dead-letter.repository";
import { LetterListRepository } from "./letter-list.repository";
import { wantedLetters } from "./letter-retry.task";
import { shown } from "./letter-view";

/** What was not applied, as clients see it. */
@Injectable()
export class DeadLetterService {
  constructor(
    private readonly db: Database,
    private readonly letters: DeadLetterRepository,
    private readonly lists: LetterListRepository,
    private readonly accounts: AccountService,
    private readonly rows: SourceRowService,
  ) {}

  async list(ctx: CallContext, input: ListDeadLetters): Promise<Page<DeadLetter>> {
    const wanted = await wantedLetters(this.accounts, ctx, input);
    const limit = input.limit ?? 100;
    const cursor = idOfCursor(input.cursor);
    const status = input.status ?? "OPEN";
    const rows = await this.db.readOnly(ctx.tenantId, (tx) => this.lists.list(tx, wanted, status, cursor, limit + 1));
    const names = await this.accounts.names(ctx.tenantId);
    const cut = cutByBytes(rows.slice(0, limit).map((row) => this.view(row, names)));
    const more = rows.length > cut.items.length;
    return { items: cut.items, next: more ? (cut.items.at(-1)?.id ?? null) : null };
  }

  async get(ctx: CallContext, id: string): Promise<DeadLetter> {
    knownId(id, "dead letter");
    const row = await this.db.readOnly(ctx.tenantId, (tx) => this.letters.get(tx, id));
    if (!row) throw new ProblemError("NOT_FOUND", `there is no dead letter ${id}`);
    return this.view(row, await this.accounts.names(ctx.tenantId));
  }

  private view(row: DeadLetterRow, names: ReadonlyMap<number, string>): DeadLetter {
    const payload = shown(this.rows.unseal(row.payload) ?? row.payload);
    return {
      id: row.id,
      kind: row.kind,
      integration: row.integration === null ? null : (names.get(row.integration) ?? String(row.integration)),
      direction: row.direction,
      entityType: row.entity === null ? null : entityOf(row.entity),
      key: row.key,
      externalId: row.external_id,
      reason: row.reason,
      problem: shown(row.problem as unknown as Json) as unknown as DeadLetter["problem"],
      payload,
      request: row.push_id === null ? null : excerptOf(payload, "request"),
      response: row.push_id === null ? null : excerptOf(payload, "response"),
      status: row.status,
      note: row.note,
      closedBy: row.closed_by,
      attempts: row.attempts,
      version: row.version,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }
}

function excerptOf(payload: Json, part: "request" | "response"): LetterExcerpt | null {
  if (payload === null || typeof payload !== "object" || Array.isArray(payload)) return null;
  return (payload[part] as LetterExcerpt | undefined) ?? null;
}
