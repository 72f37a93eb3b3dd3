import { Body, Controller, Get, Param, Post, Query, Req, Res } from "@nestjs/common";
import { ApiBody } from "@nestjs/swagger";
import {
  Flag,
  JOB_MODES,
  ListJobs,
  OneOf,
  PageQuery,
  PLAN_ITEM_STATES,
  PLAN_OPERATIONS,
  sync,
  Text,
  Words,
  type CallContext,
  type ExecuteAnswer,
  type Job,
  type JobMode,
  type Page,
  type PlanItem,
  type PlanItemState,
  type PlanOperation,
} from "@dovetail/contracts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";
import { JobEvents } from "./job-events";

class ExecuteBody {
  @Words({ optional: true, description: "entities or groups; every inbound entity when absent" })
  entityTypes?: string[];

  @OneOf(JOB_MODES, { optional: true })
  mode?: JobMode;

  @Flag({ optional: true, description: "plan only: nothing changes until the job is approved" })
  dryRun?: boolean;
}

class PlanQuery extends PageQuery {
  @OneOf(PLAN_OPERATIONS, { optional: true })
  operation?: PlanOperation;

  @OneOf(PLAN_ITEM_STATES, { optional: true })
  state?: PlanItemState;
}

class ApproveBody {
  @Text({ optional: true, max: 100, description: "approval.digest of the plan that was looked at" })
  digest?: string;
}

/** `/erp/sync-jobs`. */
@Controller("api/v1/erp/sync-jobs")
export class JobController {
  constructor(
    private readonly bus: BusLink,
    private readonly events: JobEvents,
  ) {}

  @Get()
  @Requires("erp:view")
  @Describe({ summary: "List jobs, newest first", page: "Job", problems: ["ERP008"] })
  list(@Caller() caller: CallContext, @Query() query: ListJobs): Promise<Page<Job>> {
    return this.bus.call(sync.jobs, caller, query);
  }

  @Get(":id")
  @Requires("erp:view")
  @Describe({ summary: "Read one job", answer: "Job", problems: ["NOT_FOUND"] })
  get(@Caller() caller: CallContext, @Param("id") id: string): Promise<Job> {
    return this.bus.call(sync.job, caller, { id });
  }

  @Post(":id/cancel")
  @Idempotent()
  @Requires("erp:sync")
  @Describe({ summary: "Cancel a job after its page in hand", answer: "Job", problems: ["NOT_FOUND", "CONFLICT"] })
  cancel(@Caller() caller: CallContext, @Param("id") id: string): Promise<Job> {
    return this.bus.call(sync.cancelJob, caller, { id });
  }

  @Get(":id/plan")
  @Requires("erp:view")
  @Describe({
    summary: "Read a job's plan: what becomes of each record when it is approved",
    page: "PlanItem",
    problems: ["NOT_FOUND", "ERP008"],
  })
  plan(@Caller() caller: CallContext, @Param("id") id: string, @Query() query: PlanQuery): Promise<Page<PlanItem>> {
    return this.bus.call(sync.plan, caller, { id, ...query });
  }

  @Post(":id/approve")
  @Idempotent()
  @Requires("erp:sync")
  @ApiBody({ type: ApproveBody, required: false })
  @Describe({
    summary: "Let a job go on that waits for approval; roll-backs and deletions need erp:admin",
    answer: "Job",
    status: 202,
    problems: ["NOT_FOUND", "CONFLICT", "STALE", "ERP008"],
  })
  approve(@Caller() caller: CallContext, @Param("id") id: string, @Body() body: ApproveBody): Promise<Job> {
    return this.bus.call(sync.approveJob, caller, { id, ...body });
  }

  @Post(":id/rollback")
  @Idempotent()
  @Requires("erp:admin")
  @Describe({
    summary: "Plan to take an ended job back; nothing changes before the plan is approved",
    answer: "Job",
    status: 202,
    problems: ["NOT_FOUND", "CONFLICT"],
  })
  rollback(@Caller() caller: CallContext, @Param("id") id: string): Promise<Job> {
    return this.bus.call(sync.rollbackJob, caller, { id });
  }

  @Get(":id/events")
  @Requires("erp:view")
  @Describe({ summary: "Follow a job: its state now, its progress, its end", stream: true, problems: ["NOT_FOUND"] })
  async follow(
    @Caller() caller: CallContext,
    @Param("id") id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.events.follow(caller, id, { request, reply });
  }

  @Post(":integration/execute")
  @Idempotent()
  @Requires("erp:sync")
  @ApiBody({ type: ExecuteBody, required: false })
  @Describe({
    summary: "Start a synchronisation; one that runs already is joined",
    answer: "ExecuteAnswer",
    status: 202,
    problems: ["NOT_FOUND", "ERP008", "CONFLICT"],
  })
  execute(
    @Caller() caller: CallContext,
    @Param("integration") integration: string,
    @Body() body: ExecuteBody,
  ): Promise<ExecuteAnswer> {
    return this.bus.call(sync.execute, caller, { integration, ...body, trigger: "manual" });
  }
}
