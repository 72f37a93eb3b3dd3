import { ProblemError, type CallContext, type Operation, type ProblemDocument } from "@dovetail/contracts";
import { problemOf, withTrace, type TraceContext } from "@dovetail/service-kit";
import { validInput } from "./input-validation";
import type { Log } from "./log";

/** What a handler of an operation does. Throws ProblemError for outcomes that the caller is to see. */
export type Handler<I, O> = (input: I, ctx: CallContext) => Promise<O>;

/** The answer as it travels: one of the two. */
export interface Answer {
  output?: unknown;
  problem?: ProblemDocument;
}

/** What is answered, in which trace. */
export interface Request {
  operation: string;
  tenant?: string;
  trace: TraceContext;
}

/** Runs `work` in the trace of its request; whatever it throws becomes a problem, unknown errors INTERNAL. */
export function answered(work: () => Promise<unknown>, request: Request, log: Log): Promise<Answer> {
  const { operation, tenant, trace } = request;
  return withTrace(trace, () => outcome(work, trace, log), tenant ? { operation, tenant } : { operation });
}

async function outcome(work: () => Promise<unknown>, trace: TraceContext, log: Log): Promise<Answer> {
  try {
    return { output: await work() };
  } catch (error) {
    const problem = problemOf(error, { traceId: trace.traceId });
    if (problem.code === "INTERNAL") log.error({ err: error }, "an operation failed");
    return { problem };
  }
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
