import { Body, Controller, Get, Param, Post, Query, Res } from "@nestjs/common";
import { ApiBody } from "@nestjs/swagger";
import {
  BulkRetry,
  Flag,
  Free,
  ListDeadLetters,
  sync,
  Text,
  type BulkJob,
  type CallContext,
  type DeadLetter,
  type Page,
} from "@dovetail/contracts";
import type { JsonObject } from "@dovetail/domain";
import type { FastifyReply } from "fastify";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";
import { IfMatch, tag } from "../http/preconditions";

class RetryBody {
  @Free({ optional: true, description: "the record as it should be: a new version by the operator" })
  record?: JsonObject;

  @Flag({ optional: true, description: "KEY_CHANGED, DUPLICATE_KEY: the row has the key that the ERP shows" })
  accept?: boolean;
}

class DiscardBody {
  @Text({ max: 1000, example: "entered by hand" })
  reason!: string;
}

/** `/erp/dead-letters`: what was not applied. */
@Controller("api/v1/erp/dead-letters")
export class DeadLetterController {
  constructor(private readonly bus: BusLink) {}

  @Get()
  @Requires("erp:view")
  @Describe({ summary: "List dead letters, newest first", page: "DeadLetter", problems: ["ERP008"] })
  list(@Caller() caller: CallContext, @Query() query: ListDeadLetters): Promise<Page<DeadLetter>> {
    return this.bus.call(sync.deadLetters, caller, query);
  }

  @Post("bulk-retry")
  @Idempotent()
  @Requires("erp:sync")
  @ApiBody({ type: BulkRetry, required: false })
  @Describe({
    summary: "Retry every open dead letter that fits, as a bulk job",
    answer: "BulkJob",
    status: 202,
    problems: ["ERP008", "NOT_FOUND"],
  })
  bulkRetry(@Caller() caller: CallContext, @Body() body: BulkRetry): Promise<BulkJob> {
    return this.bus.call(sync.bulkRetry, caller, { ...body });
  }

  @Get(":id")
  @Requires("erp:view")
  @Describe({ summary: "Read one dead letter; secrets are masked", answer: "DeadLetter", problems: ["NOT_FOUND"] })
  async get(
    @Caller() caller: CallContext,
    @Param("id") id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetter> {
    return tagged(reply, await this.bus.call(sync.deadLetter, caller, { id }));
  }

  @Post(":id/retry")
  @Idempotent()
  @Requires("erp:sync")
  @ApiBody({ type: RetryBody, required: false })
  @Describe({
    summary: "Retry, as it is, with an edited record, or accepting the key that the ERP shows",
    answer: "DeadLetter",
    ifMatch: true,
    problems: ["NOT_FOUND", "ERP008", "CONFLICT", "STALE"],
  })
  async retry(
    @Caller() caller: CallContext,
    @Param("id") id: string,
    @Body() body: RetryBody,
    @IfMatch() ifVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetter> {
    const input = { id, ...body, ...(ifVersion === undefined ? {} : { ifVersion }) };
    return tagged(reply, await this.bus.call(sync.retryDeadLetter, caller, input));
  }

  @Post(":id/discard")
  @Idempotent()
  @Requires("erp:sync")
  @Describe({
    summary: "Discard with a reason",
    answer: "DeadLetter",
    ifMatch: true,
    problems: ["NOT_FOUND", "ERP008", "CONFLICT", "STALE"],
  })
  async discard(
    @Caller() caller: CallContext,
    @Param("id") id: string,
    @Body() { reason }: DiscardBody,
    @IfMatch() ifVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetter> {
    const input = { id, reason, ...(ifVersion === undefined ? {} : { ifVersion }) };
    return tagged(reply, await this.bus.call(sync.discardDeadLetter, caller, input));
  }
}

function tagged(reply: FastifyReply, letter: DeadLetter): DeadLetter {
  tag(reply, letter.version);
  return letter;
}
