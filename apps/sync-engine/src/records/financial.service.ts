import type { EntityName } from "@dovetail/domain";
import { ProblemError, type CallContext, type FinancialQuery, type Page, type RecordView } from "@dovetail/contracts";
import { Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { RecordService } from "./record.service";

interface Kind {
  entity: EntityName;
  /** The date that `from` and `to` narrow. */
  date: string | null;
}

const KINDS: Record<string, Kind> = {
  customers: { entity: "Customer", date: null },
  invoices: { entity: "Invoice", date: "invoiceDate" },
  payments: { entity: "Payment", date: "paymentDate" },
  "account-transactions": { entity: "GlTransaction", date: "transactionDate" },
  "sales-orders": { entity: "SalesOrder", date: "orderDate" },
  "chart-of-accounts": { entity: "GlAccount", date: null },
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The financial reads of one integration (ENT-3): records that it delivered, optionally of a span of days. */
@Injectable()
export class FinancialService {
  constructor(
    private readonly accounts: AccountService,
    private readonly records: RecordService,
  ) {}

  async list(ctx: CallContext, input: FinancialQuery): Promise<Page<RecordView>> {
    const kind = KINDS[input.kind];
    if (!kind) throw new ProblemError("NOT_FOUND", `there is no list ${input.kind}`);
    const account = await this.accounts.get(ctx.tenantId, ctx.tenant, input.integration);
    const query = { entityType: kind.entity, cursor: input.cursor, limit: input.limit };
    const span = { from: day("from", input.from), to: day("to", input.to) };
    return this.records.list(ctx, query, {
      integration: account.num,
      ...(kind.date ? { date: { field: kind.date, ...span } } : {}),
    });
  }
}

function day(field: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (DAY.test(text)) return text;
  const errors = [{ field, rule: "date", value: text.slice(0, 40), code: "ERP008", message: "must be YYYY-MM-DD" }];
  throw new ProblemError("ERP008", `${field} must be YYYY-MM-DD`, { errors });
}
