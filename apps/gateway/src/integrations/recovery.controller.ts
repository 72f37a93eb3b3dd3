import { Body, Controller, Get, Param, Post } from "@nestjs/common";
import { ApiBody } from "@nestjs/swagger";
import { Flag, sync, type CallContext, type Recovery } from "@dovetail/contracts";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";

class ReleaseBody {
  @Flag({ optional: true, description: "true: also while entities have not been read whole" })
  force?: boolean;
}

/** `/erp/integrations/:integration/{recovery,reset,release}`. */
@Controller("api/v1/erp/integrations")
export class RecoveryController {
  constructor(private readonly bus: BusLink) {}

  @Get(":integration/recovery")
  @Requires("erp:view")
  @Describe({ summary: "Whether the integration is in recovery mode", answer: "Recovery", problems: ["NOT_FOUND"] })
  get(@Caller() caller: CallContext, @Param("integration") id: string): Promise<Recovery> {
    return this.bus.call(sync.recovery, caller, { id });
  }

  @Post(":integration/reset")
  @Idempotent()
  @Requires("erp:admin")
  @Describe({
    summary: "Put the integration into recovery mode: all is read anew, links stay, nothing is pushed until a release",
    answer: "Recovery",
    status: 202,
    problems: ["NOT_FOUND"],
  })
  reset(@Caller() caller: CallContext, @Param("integration") id: string): Promise<Recovery> {
    return this.bus.call(sync.reset, caller, { id });
  }

  @Post(":integration/release")
  @Idempotent()
  @Requires("erp:admin")
  @ApiBody({ type: ReleaseBody, required: false })
  @Describe({
    summary: "End recovery mode: pushes, deletions and schedules go on",
    answer: "Recovery",
    problems: ["NOT_FOUND", "CONFLICT"],
  })
  release(
    @Caller() caller: CallContext,
    @Param("integration") id: string,
    @Body() body: ReleaseBody,
  ): Promise<Recovery> {
    return this.bus.call(sync.release, caller, { id, ...body });
  }
}
