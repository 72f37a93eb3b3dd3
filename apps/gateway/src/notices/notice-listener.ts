import { Module } from "@nestjs/common";
import { Metrics, startService, type HttpOptions, type Logger, type Running } from "@dovetail/service-kit";
import { securityHeaders } from "../http/edge";
import { noticeRoutes } from "./notice-routes";

@Module({})
class NoticeListenerModule {}

/** A listener for notices alone (9090 by convention), so that a firewall can open it without the API. */
export function startNoticeListener(
  config: { host: string; port: number },
  parts: { receive: Parameters<typeof noticeRoutes>[0]; logger: Logger; http: HttpOptions },
): Promise<Running> {
  return startService({
    name: "gateway-notices",
    module: NoticeListenerModule,
    config,
    logger: parts.logger,
    metrics: new Metrics({ service: "gateway-notices" }),
    http: parts.http,
    fastifyPlugins: [securityHeaders(parts.http.tls !== undefined), noticeRoutes(parts.receive, parts.logger)],
  });
}
