import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from "@nestjs/common";
import {
  integrationConfig,
  ListIntegrations,
  sync,
  type CallContext,
  type Integration,
  type IntegrationHealth,
  type IntegrationStatus,
  type Page,
  type TestAnswer,
} from "@dovetail/contracts";
import type { FastifyReply } from "fastify";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";
import { IfMatch, tag } from "../http/preconditions";
import { IntegrationBody, IntegrationPatchBody } from "./integration-body";
import { IntegrationService } from "./integration.service";

const PATH = "api/v1/erp/integrations";

/** `/erp/integrations`. */
@Controller(PATH)
export class IntegrationController {
  constructor(
    private readonly bus: BusLink,
    private readonly integrations: IntegrationService,
  ) {}

  @Get()
  @Requires("erp:view")
  @Describe({ summary: "List integrations", page: "Integration", problems: ["ERP008"] })
  list(@Caller() caller: CallContext, @Query() query: ListIntegrations): Promise<Page<Integration>> {
    return this.bus.call(integrationConfig.list, caller, query);
  }

  @Post()
  @Idempotent()
  @Requires("erp:create")
  @Describe({
    summary: "Add an integration; credentials are sealed at once and never shown again",
    answer: "Integration",
    status: 201,
    problems: ["ERP008", "CONFLICT"],
  })
  async create(
    @Caller() caller: CallContext,
    @Body() body: IntegrationBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Integration> {
    const integration = await this.integrations.create(caller, body);
    reply.header("location", `/${PATH}/${integration.name}`);
    return tagged(reply, integration);
  }

  @Get(":integration")
  @Requires("erp:view")
  @Describe({ summary: "Read one integration", answer: "Integration", problems: ["NOT_FOUND"] })
  async get(
    @Caller() caller: CallContext,
    @Param("integration") id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Integration> {
    return tagged(reply, await this.bus.call(integrationConfig.get, caller, { id }));
  }

  @Patch(":integration")
  @Requires("erp:update")
  @Describe({
    summary: "Change an integration; credentials are replaced as a whole",
    answer: "Integration",
    ifMatch: true,
    problems: ["ERP008", "NOT_FOUND", "STALE", "CONFLICT"],
  })
  async change(
    @Caller() caller: CallContext,
    @Param("integration") id: string,
    @Body() body: IntegrationPatchBody,
    @IfMatch() ifVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Integration> {
    return tagged(reply, await this.integrations.change(caller, id, body, ifVersion));
  }

  @Delete(":integration")
  @Requires("erp:delete")
  @Describe({ summary: "Remove an integration", ifMatch: true, problems: ["NOT_FOUND", "STALE"] })
  async remove(
    @Caller() caller: CallContext,
    @Param("integration") id: string,
    @IfMatch() ifVersion: number | undefined,
  ): Promise<void> {
    await this.bus.call(integrationConfig.remove, caller, { id, ...(ifVersion === undefined ? {} : { ifVersion }) });
  }

  @Post(":integration/test")
  @Requires("erp:admin")
  @Describe({
    summary: "Test the connection; a failed test is an answer too (success: false)",
    answer: "TestAnswer",
    problems: ["NOT_FOUND"],
  })
  test(@Caller() caller: CallContext, @Param("integration") id: string): Promise<TestAnswer> {
    return this.bus.call(sync.test, caller, { id });
  }

  @Get(":integration/health")
  @Requires("erp:view")
  @Describe({ summary: "How the connection stands", answer: "IntegrationHealth", problems: ["NOT_FOUND"] })
  async health(@Caller() caller: CallContext, @Param("integration") id: string): Promise<IntegrationHealth> {
    const { name } = await this.bus.call(integrationConfig.get, caller, { id });
    const [health] = await this.bus.call(sync.health, caller, { integration: name });
    return (
      health ?? {
        integration: name,
        status: "DISCONNECTED",
        lastSyncAt: null,
        lastError: null,
        openDeadLetters: 0,
        queueDepth: 0,
        successRate: null,
        circuit: { state: "closed", failures: 0, waitsUntil: null, waitsFor: null },
        recovering: false,
      }
    );
  }

  @Post(":integration/enable")
  @Idempotent()
  @Requires("erp:admin")
  @Describe({ summary: "Enable", answer: "Integration", problems: ["NOT_FOUND", "CONFLICT"] })
  enable(@Caller() caller: CallContext, @Param("integration") id: string): Promise<Integration> {
    return this.become(caller, id, "ACTIVE");
  }

  @Post(":integration/disable")
  @Idempotent()
  @Requires("erp:admin")
  @Describe({ summary: "Disable: nothing is read or sent", answer: "Integration", problems: ["NOT_FOUND", "CONFLICT"] })
  disable(@Caller() caller: CallContext, @Param("integration") id: string): Promise<Integration> {
    return this.become(caller, id, "DISABLED");
  }

  @Post(":integration/pause")
  @Idempotent()
  @Requires("erp:admin")
  @Describe({ summary: "Pause: work waits", answer: "Integration", problems: ["NOT_FOUND", "CONFLICT"] })
  pause(@Caller() caller: CallContext, @Param("integration") id: string): Promise<Integration> {
    return this.become(caller, id, "PAUSED");
  }

  @Post(":integration/resume")
  @Idempotent()
  @Requires("erp:admin")
  @Describe({ summary: "Go on after a pause", answer: "Integration", problems: ["NOT_FOUND", "CONFLICT"] })
  resume(@Caller() caller: CallContext, @Param("integration") id: string): Promise<Integration> {
    return this.become(caller, id, "ACTIVE");
  }

  private become(caller: CallContext, id: string, status: IntegrationStatus): Promise<Integration> {
    return this.bus.call(integrationConfig.setStatus, caller, { id, status });
  }
}

function tagged(reply: FastifyReply, integration: Integration): Integration {
  tag(reply, integration.version);
  return integration;
}
