import { gateway, ProblemError, type CallContext } from "@dovetail/contracts";
import type { Bus } from "@dovetail/messaging";
import type { NoticeService } from "../notices/notice.service";
import type { TenantService } from "../tenants/tenant.service";

/** Answers the gateway's operations. Those across tenants are for services only. */
export function answerOperations(bus: Bus, parts: { tenants: TenantService; notices: NoticeService }): void {
  bus.handle(gateway.tenants, async (_input, ctx) => {
    onlyServices(ctx);
    return (await parts.tenants.recent()).map(({ id, name }) => ({ id, name }));
  });
  bus.handle(gateway.busUsers, async (_input, ctx) => {
    onlyServices(ctx);
    return parts.tenants.busUsers();
  });
  bus.handle(gateway.notice, async ({ id }, ctx) => parts.notices.read(ctx.tenantId, id));
}

function onlyServices(ctx: CallContext): void {
  if (ctx.actor.kind !== "service") throw new ProblemError("NOT_FOUND", "This is answered to services only.");
}
