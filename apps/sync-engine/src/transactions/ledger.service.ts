import {
  ProblemError,
  type CallContext,
  type ListTransactions,
  type Page,
  type Transaction,
} from "@dovetail/contracts";
import { Database } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { CrashPoints } from "../crash-points";
import { WorkBell } from "../work-bell";
import { isId, strangeCursor } from "../ids";
import { parseChangeId, isOrdinal } from "./change-id";
import { TransactionRepository, type TransactionFilter } from "./transaction.repository";

/** Where a list of the ledger goes on: pushes first, then changes. */
type Place =
  { part: "push"; at: string; id: string } | { part: "change"; page: string; n: number } | { part: "changes" };

/** What came in and what went out, as clients see it. */
@Injectable()
export class Ledger {
  constructor(
    private readonly db: Database,
    private readonly accounts: AccountService,
    private readonly transactions: TransactionRepository,
    private readonly bell: WorkBell,
    private readonly crash: CrashPoints,
  ) {}

  /** A write was committed: its pushes may start. */
  ring(): void {
    this.crash.at("write.after-commit");
    this.bell.ring();
  }

  async pushes(tenantId: string, ids: readonly string[]): Promise<Transaction[]> {
    if (ids.length === 0) return [];
    const names = await this.accounts.names(tenantId);
    return this.db.readOnly(tenantId, (tx) => this.transactions.pushesById(tx, ids, names));
  }

  /** Newest first: outbound, then inbound. */
  async list(ctx: CallContext, input: ListTransactions): Promise<Page<Transaction>> {
    const account = input.integration
      ? await this.accounts.get(ctx.tenantId, ctx.tenant, input.integration)
      : undefined;
    const limit = input.limit ?? 100;
    const filter: TransactionFilter = {
      integration: account?.num ?? null,
      entity: input.entityType ?? null,
      key: input.key ?? null,
      status: input.status ?? null,
      limit,
    };
    const names = await this.accounts.names(ctx.tenantId);
    const place = input.cursor ? readPlace(input.cursor) : undefined;
    const outbound = input.direction !== "inbound" && (place === undefined || place.part === "push");
    return this.db.readOnly(ctx.tenantId, async (tx) => {
      if (outbound) {
        const items = await this.transactions.pushes(tx, filter, place?.part === "push" ? place : null, names);
        const last = items.at(-1);
        if (items.length === limit && last)
          return { items, next: writePlace({ part: "push", at: last.createdAt, id: last.id }) };
        if (items.length > 0)
          return { items, next: input.direction === "outbound" ? null : writePlace({ part: "changes" }) };
        if (input.direction === "outbound") return { items, next: null };
      }
      const after = place?.part === "change" ? place : null;
      const items = await this.transactions.changes(tx, filter, after, names);
      const last = items.at(-1);
      const next = last && items.length === limit && filter.key === null ? parseChangeId(last.id) : undefined;
      return { items, next: next ? writePlace({ part: "change", ...next }) : null };
    });
  }

  async get(ctx: CallContext, id: string): Promise<Transaction> {
    const names = await this.accounts.names(ctx.tenantId);
    const change = parseChangeId(id);
    const found = await this.db.readOnly(ctx.tenantId, async (tx) => {
      if (change) return this.transactions.change(tx, change.page, change.n, names);
      return isId(id) ? (await this.transactions.pushesById(tx, [id], names))[0] : undefined;
    });
    if (!found) throw new ProblemError("NOT_FOUND", `there is no transaction ${id}`);
    return found;
  }
}

function writePlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

function readPlace(cursor: string): Place {
  const place = parsed(cursor);
  if (place?.part === "push" && isId(place.id) && isTime(place.at)) return place;
  if (place?.part === "change" && /^\d{1,18}$/.test(place.page) && isOrdinal(place.n)) return place;
  if (place?.part === "changes") return place;
  throw strangeCursor(cursor);
}

function parsed(cursor: string): Place | null {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as Place | null;
  } catch {
    return null;
  }
}

function isTime(at: unknown): boolean {
  return typeof at === "string" && /^\d{4}-\d\d-\d\dT[\d:.]{8,15}Z$/.test(at) && !Number.isNaN(Date.parse(at));
}
