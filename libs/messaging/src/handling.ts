import { ProblemError, type CallContext, type Operation, type ProblemDocument } from "@dovetail/contracts";
import { childSpan, parseTraceparent, problemOf, withLogContext, withTrace } from "@dovetail/service-kit";
import { validInput } from "./input-validation";
import type { Log } from "./log";

/** What a handler of an operation does. Throws ProblemError for outcomes that the caller is to see. */
export type Handler<I, O> = (input: I, ctx: CallContext) => Promise<O>;

/** The answer as it travels: one of the two. */
export interface Answer {
  output?: unknown;
  problem?: ProblemDocument;
}

/** Runs `work` in the trace of its request; whatever it throws becomes a problem, unknown errors INTERNAL. */
export async function answered(
  work: () => Promise<unknown>,
  request: { operation: string; tenant?: string; traceparent?: string },
  log: Log,
): Promise<Answer> {
  const trace = childSpan(parseTraceparent(request.traceparent));
  const fields = { operation: request.operation, ...(request.tenant ? { tenant: request.tenant } : {}) };
  return withTrace(trace, () =>
    withLogContext(fields, async () => {
      try {
        return { output: await work() };
      } catch (error) {
        const problem = problemOf(error, { traceId: trace.traceId });
        if (problem.code === "INTERNAL") log.error({ err: error }, "an operation failed");
        return { problem };
      }
    }),
  );
}

/** Checks context and input, then runs the handler. */
export function handled<I extends object, O>(
  operation: Operation<I, O>,
  handler: Handler<I, O>,
  ctx: unknown,
  input: unknown,
): Promise<O> {
  if (!isContext(ctx)) throw new ProblemError("ERP008", "The request has no context.", { status: 400 });
  return handler(validInput(operation.input, input), ctx);
}

function isContext(value: unknown): value is CallContext {
  if (typeof value !== "object" || value === null) return false;
  const { tenantId, tenant, actor } = value as Partial<CallContext>;
  return typeof tenantId === "string" && typeof tenant === "string" && typeof actor === "object" && actor !== null;
}
