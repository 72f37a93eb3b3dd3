import { currentTrace, problemOf, sendProblem, type Logger } from "@dovetail/service-kit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { keptHeaders, type IncomingNotice, type NoticeAnswer } from "./notice";

/** Where ERPs post: `:integration` is `<tenant>.<name>` or the integration's id. */
export const NOTICE_ROUTE = "/api/v1/webhooks/inbound/:integration/:secret";

type Receive = (integration: string, secret: string, notice: IncomingNotice) => Promise<NoticeAnswer>;
type NoticeRequest = FastifyRequest<{ Params: { integration: string; secret: string } }>;

/**
 * The route for notices, in a scope of its own: it takes bodies of any type as they are, since a notice is stored
 * before anybody understands it.
 */
export function noticeRoutes(receive: () => Receive, logger: Logger): (instance: FastifyInstance) => void {
  const handle = async (request: NoticeRequest, reply: FastifyReply): Promise<void> => {
    const { integration, secret } = request.params;
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    try {
      const answer = await receive()(integration, secret, { headers: keptHeaders(request.headers), body });
      await reply.status(202).send(answer);
    } catch (error) {
      const traceId = currentTrace()?.traceId;
      // The address holds the secret: the problem names the route instead.
      const problem = problemOf(error, { instance: NOTICE_ROUTE, ...(traceId === undefined ? {} : { traceId }) });
      if (problem.status >= 500) logger.error({ err: error, category: problem.code }, problem.detail);
      sendProblem(reply, problem);
    }
  };
  return (instance) => {
    instance.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
      scope.post(NOTICE_ROUTE, handle);
      done();
    });
  };
}
