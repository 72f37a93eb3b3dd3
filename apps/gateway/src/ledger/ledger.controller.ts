import { Body, Controller, Get, Param, Post, Query } from "@nestjs/common";
import {
  Flag,
  ListTransactions,
  OneOf,
  ReadChanges,
  REPLAY_MAPPINGS,
  ReplayTransactions,
  sync,
  type BulkJob,
  type CallContext,
  type CloudEvent,
  type Page,
  type ReplayMapping,
  type Transaction,
} from "@dovetail/contracts";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";

class ReplayBody {
  @Flag({ description: "true: it is known to be confirmed" })
  force!: boolean;

  @OneOf(REPLAY_MAPPINGS, { optional: true })
  mapping?: ReplayMapping;
}

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

  @Post("transactions/replay")
  @Idempotent()
  @Requires("erp:sync")
  @Describe({
    summary: "Go through an integration's transactions since a time again, as a bulk job; confirmed ones are left",
    answer: "BulkJob",
    status: 202,
    problems: ["ERP008", "NOT_FOUND"],
  })
  replay(@Caller() caller: CallContext, @Body() body: ReplayTransactions): Promise<BulkJob> {
    return this.bus.call(sync.replay, caller, { ...body });
  }

  @Post("transactions/:id/replay")
  @Idempotent()
  @Requires("erp:sync")
  @Describe({
    summary: "Send the record of one confirmed push again, by force; answers the new push",
    answer: "Transaction",
    status: 202,
    problems: ["ERP008", "NOT_FOUND", "CONFLICT", "ERP001", "ERP002"],
  })
  replayOne(@Caller() caller: CallContext, @Param("id") id: string, @Body() body: ReplayBody): Promise<Transaction> {
    return this.bus.call(sync.replayOne, caller, { id, ...body });
  }
}
