import { HttpException } from "@nestjs/common";
import { PROBLEM_CODES, ProblemError, type ProblemCode, type ProblemDocument } from "@dovetail/contracts";
import type { Json } from "@dovetail/domain";
import { maskValue } from "./mask-value";

/** Codes by HTTP status for errors that the framework raises itself. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: "ERP008",
  401: "AUTH_REQUIRED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "NOT_FOUND",
  409: "CONFLICT",
  412: "STALE",
  413: "TOO_LARGE",
  414: "TOO_LARGE",
  415: "UNSUPPORTED",
  422: "ERP008",
  428: "PRECONDITION_REQUIRED",
  429: "LIMITED",
  503: "UNAVAILABLE",
};

/** Codes of rules of the domain and of mappings: the text of such an error is written for the customer. */
const RULE_CODES: ReadonlySet<string> = new Set(["ERP003", "ERP004", "ERP008"]);

/** Errors of libraries that the kit does not import: the request can be repeated, by what these names say. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  DatabaseUnavailableError: "The database cannot be reached.",
  CircuitOpenError: "A system behind this service does not answer at present.",
  CommitUnknownError:
    "The connection was lost while the change was stored. Repeat the request with the same Idempotency-Key.",
};

/** Where and in which trace the problem appeared. */
export interface ProblemPlace {
  instance?: string;
  traceId?: string;
}

/**
 * The problem document for whatever was thrown. What is not known to be meant for the client becomes
 * INTERNAL without any of its text: a message can hold SQL, addresses or data.
 */
export function problemOf(error: unknown, place: ProblemPlace = {}): ProblemDocument {
  const known = error instanceof ProblemError ? error : fromFramework(error);
  return {
    ...known.problem,
    ...(place.instance === undefined ? {} : { instance: known.problem.instance ?? place.instance }),
    ...(place.traceId === undefined ? {} : { traceId: place.traceId }),
  };
}

function fromFramework(error: unknown): ProblemError {
  if (isRuleError(error)) return ruleProblem(error);
  const unavailable = error instanceof Error ? UNAVAILABLE[error.name] : undefined;
  if (unavailable) return new ProblemError("UNAVAILABLE", unavailable, { retryAfterSeconds: 2, cause: error });
  const status = statusOf(error);
  if (status === undefined || status >= 500) return serverProblem(status, error);
  const code = CODE_OF_STATUS[status] ?? "ERP008";
  const detail = error instanceof Error && error.message ? clientText(error) : PROBLEM_CODES[code].title;
  return new ProblemError(code, detail, { status: status === 405 ? 404 : status, cause: error });
}

function serverProblem(status: number | undefined, error: unknown): ProblemError {
  if (status === 503) {
    return new ProblemError("UNAVAILABLE", "The service cannot answer now.", { retryAfterSeconds: 5, cause: error });
  }
  return new ProblemError("INTERNAL", "The request failed for a reason inside the service.", { cause: error });
}

function clientText(error: Error): string {
  // The parsers of Fastify quote the body in their message; a body can hold credentials.
  const code = "code" in error ? String(error.code) : "";
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return "The body is larger than this route takes.";
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return "The content type of the body is not supported here.";
  if (code === "FST_ERR_BAD_URL") return "The address is not a valid URL path.";
  if (code.startsWith("FST_ERR_CTP_")) return "The body cannot be read.";
  return error.message.slice(0, 500);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error)) return undefined;
  // Fastify's own errors and http-errors say with `expose` or their code that the status is meant for the client.
  const fromFastify = "code" in error && typeof error.code === "string" && error.code.startsWith("FST_ERR_");
  const exposed = "expose" in error && error.expose === true;
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  return fromFastify || exposed ? status : undefined;
}

/** A broken rule with the place where it is broken (DomainError, MappingError); the latter may list several. */
interface RuleError extends Error {
  code: ProblemCode;
  field: string;
  rule: string;
  value?: Json;
  suggestion?: string;
  problems?: readonly { field: string; rule: string; value: Json; message: string }[];
}

function isRuleError(error: unknown): error is RuleError {
  if (!(error instanceof Error) || !("code" in error) || !("field" in error) || !("rule" in error)) return false;
  const { code, field, rule } = error;
  return typeof code === "string" && RULE_CODES.has(code) && typeof field === "string" && typeof rule === "string";
}

function ruleProblem(error: RuleError): ProblemError {
  const { code, field, rule, message, value = null, problems = [{ field, rule, value, message }] } = error;
  return new ProblemError(code, message, {
    errors: problems.map((one) => ({
      field: one.field,
      rule: one.rule,
      value: maskValue(one.field, one.value),
      code,
      message: one.message,
    })),
    ...(error.suggestion === undefined ? {} : { resolution: `Did you mean ${error.suggestion}?` }),
    cause: error,
  });
}
