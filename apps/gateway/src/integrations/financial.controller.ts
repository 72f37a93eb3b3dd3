import { Controller, Get, Param, Query, Req } from "@nestjs/common";
import { PageQuery, sync, Text, type CallContext, type Page, type RecordView } from "@dovetail/contracts";
import type { FastifyRequest } from "fastify";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";

class PeriodQuery extends PageQuery {
  @Text({ optional: true, max: 40, example: "2026-01-01" })
  from?: string;

  @Text({ optional: true, max: 40, example: "2026-12-31" })
  to?: string;
}

const KINDS = ["customers", "invoices", "payments", "account-transactions", "sales-orders", "chart-of-accounts"];

/** The financial reads of one integration: what was read from the ERP, as records. */
@Controller("api/v1/erp/integrations/:integration")
export class FinancialController {
  constructor(private readonly bus: BusLink) {}

  @Get(KINDS)
  @Requires("erp:view")
  @Describe({ summary: "Financial records of one integration", page: "RecordView", problems: ["NOT_FOUND", "ERP008"] })
  read(
    @Caller() caller: CallContext,
    @Param("integration") integration: string,
    @Query() query: PeriodQuery,
    @Req() request: FastifyRequest,
  ): Promise<Page<RecordView>> {
    const kind = request.routeOptions.url?.split("/").at(-1) ?? "";
    return this.bus.call(sync.financial, caller, { integration, kind, ...query });
  }
}
