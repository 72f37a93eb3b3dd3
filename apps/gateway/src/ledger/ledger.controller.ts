import { Controller, Get, Param, Query } from "@nestjs/common";
import {
  ListTransactions,
  ReadChanges,
  sync,
  type CallContext,
  type CloudEvent,
  type Page,
  type Transaction,
} from "@dovetail/contracts";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";

/** `/erp/changes` and `/erp/transactions`. */
@Controller("api/v1/erp")
export class LedgerController {
  constructor(private readonly bus: BusLink) {}

  @Get("changes")
  @Requires("erp:view")
  @Describe({
    summary: "The change feed after a cursor; 410 when the cursor is too old: start from a baseline",
    page: "CloudEvent",
    problems: ["ERP008", "STALE"],
  })
  changes(@Caller() caller: CallContext, @Query() query: ReadChanges): Promise<Page<CloudEvent>> {
    return this.bus.call(sync.changes, caller, query);
  }

  @Get("transactions")
  @Requires("erp:view")
  @Describe({ summary: "List changes and pushes, newest first", page: "Transaction", problems: ["ERP008"] })
  transactions(@Caller() caller: CallContext, @Query() query: ListTransactions): Promise<Page<Transaction>> {
    return this.bus.call(sync.transactions, caller, query);
  }

  @Get("transactions/:id")
  @Requires("erp:view")
  @Describe({ summary: "Read one change or push", answer: "Transaction", problems: ["NOT_FOUND"] })
  transaction(@Caller() caller: CallContext, @Param("id") id: string): Promise<Transaction> {
    return this.bus.call(sync.transaction, caller, { id });
  }
}
