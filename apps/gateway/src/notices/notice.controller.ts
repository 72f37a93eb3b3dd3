import { Controller, Get, Param, Post } from "@nestjs/common";
import type { CallContext } from "@dovetail/contracts";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";
import type { WebhookAddress } from "./notice";
import { NoticeService } from "./notice.service";

/** The address that an ERP posts its notices to. */
@Controller("api/v1/erp/integrations/:integration/webhook-secret")
export class NoticeController {
  constructor(private readonly notices: NoticeService) {}

  @Get()
  @Requires("erp:admin")
  @Describe({ summary: "The secret address for the ERP's notices", answer: "WebhookAddress", problems: ["NOT_FOUND"] })
  address(@Caller() caller: CallContext, @Param("integration") integration: string): Promise<WebhookAddress> {
    return this.notices.address(caller, integration);
  }

  @Post()
  @Idempotent()
  @Requires("erp:admin")
  @Describe({
    summary: "Make the secret address, or a new one; the one before works for 24 hours more",
    answer: "WebhookAddress",
    status: 201,
    problems: ["NOT_FOUND"],
  })
  rotate(@Caller() caller: CallContext, @Param("integration") integration: string): Promise<WebhookAddress> {
    return this.notices.rotate(caller, integration);
  }
}
