import { ProblemError } from "@dovetail/contracts";
import { errors } from "@nats-io/transport-node";

/** UNAVAILABLE 503 with Retry-After 2: the broker or the service behind a subject is not there now. */
export function unavailable(detail: string, cause?: unknown): ProblemError {
  return new ProblemError("UNAVAILABLE", detail, { retryAfterSeconds: 2, cause });
}

/** What a request that got no answer means for the one who asked. */
export function requestProblem(error: unknown, service: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof errors.TimeoutError) return unavailable(`${service} did not answer in time.`, error);
  if (error instanceof errors.RequestError && error.isNoResponders())
    return unavailable(`${service} is not running.`, error);
  if (error instanceof errors.InvalidArgumentError)
    return new ProblemError("TOO_LARGE", "The request is larger than a message may be.", { cause: error });
  return unavailable("The message bus cannot be reached.", error);
}
