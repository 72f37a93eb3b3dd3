import { Controller, Get, Query, Res } from "@nestjs/common";
import {
  HealthQuery,
  sync,
  type IntegrationHealth,
  type CallContext,
  type IntegrationMetrics,
  type Page,
} from "@dovetail/contracts";
import type { FastifyReply } from "fastify";
import { Asking, Caller, type Principal } from "../auth/principal";
import { OptionalKey, Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";

interface ErpHealth {
  status: "ok" | "degraded" | "down";
  bus?: "up" | "down";
  integrations?: IntegrationHealth[];
}

/** `/erp/health` and `/erp/metrics`. */
@Controller("api/v1/erp")
export class StatusController {
  constructor(private readonly bus: BusLink) {}

  @Get("health")
  @OptionalKey()
  @Describe({
    summary: "Whether synchronisation works; with a key that may view also each integration",
    answer: "ErpHealth",
    open: true,
  })
  async health(
    @Asking() principal: Principal | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErpHealth> {
    reply.header("cache-control", "no-store");
    const bus = this.bus.status();
    if (!principal?.context.actor.permissions.includes("erp:view")) return { status: bus === "up" ? "ok" : "down" };
    if (bus === "down") return { status: "down", bus, integrations: [] };
    const integrations = await this.bus.call(sync.health, principal.context, {});
    const bad = integrations.some(({ status, recovering }) => recovering || status === "ERROR" || status === "EXPIRED");
    return { status: bad ? "degraded" : "ok", bus, integrations };
  }

  @Get("metrics")
  @Requires("erp:view")
  @Describe({ summary: "Jobs, counts and queue per integration", list: "IntegrationMetrics", problems: ["NOT_FOUND"] })
  async metrics(@Caller() caller: CallContext, @Query() query: HealthQuery): Promise<Page<IntegrationMetrics>> {
    return { items: await this.bus.call(sync.metrics, caller, query), next: null };
  }
}
