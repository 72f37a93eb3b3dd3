import { Controller, Get, Param, Post, Query } from "@nestjs/common";
import { ListBulkJobs, sync, type BulkJob, type CallContext, type Page } from "@dovetail/contracts";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";

/** `/erp/bulk-jobs`: retries and replays of many entries. */
@Controller("api/v1/erp/bulk-jobs")
export class BulkJobController {
  constructor(private readonly bus: BusLink) {}

  @Get()
  @Requires("erp:view")
  @Describe({ summary: "List bulk jobs, newest first", page: "BulkJob", problems: ["ERP008"] })
  list(@Caller() caller: CallContext, @Query() query: ListBulkJobs): Promise<Page<BulkJob>> {
    return this.bus.call(sync.bulkJobs, caller, query);
  }

  @Get(":id")
  @Requires("erp:view")
  @Describe({ summary: "Read one bulk job: how far it has come", answer: "BulkJob", problems: ["NOT_FOUND"] })
  get(@Caller() caller: CallContext, @Param("id") id: string): Promise<BulkJob> {
    return this.bus.call(sync.bulkJob, caller, { id });
  }

  @Post(":id/cancel")
  @Idempotent()
  @Requires("erp:sync")
  @Describe({
    summary: "Cancel a bulk job; what it has done stands",
    answer: "BulkJob",
    problems: ["NOT_FOUND", "CONFLICT"],
  })
  cancel(@Caller() caller: CallContext, @Param("id") id: string): Promise<BulkJob> {
    return this.bus.call(sync.cancelBulkJob, caller, { id });
  }
}
