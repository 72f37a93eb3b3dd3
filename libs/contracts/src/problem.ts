import type { FieldError, Json } from "@dovetail/domain";

/** RFC 9457 problem document with our members (docs/errors.md). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance?: string;
  /** What the reader can do about it. */
  resolution?: string;
  errors?: FieldError[];
  retryable: boolean;
  retryAfterSeconds?: number;
  /** STALE and CONFLICT: the state that the caller did not know. */
  current?: Json;
  traceId?: string;
}

interface CodeDefinition {
  status: number;
  title: string;
  resolution: string;
  retryable: boolean;
}

/** Every error code that a client can meet (SPEC 7; CONTRACTS "Problem document"). */
export const PROBLEM_CODES = {
  ERP001: {
    status: 504,
    title: "Connection time-out",
    resolution: "Check the endpoint, the network and the firewall; the ERP did not answer.",
    retryable: true,
  },
  ERP002: {
    status: 502,
    title: "Authentication failed",
    resolution: "Check or renew the credentials of the integration.",
    retryable: false,
  },
  ERP003: {
    status: 422,
    title: "Invalid field mapping",
    resolution: "Correct the mapping; GET …/fields lists the fields of the ERP.",
    retryable: false,
  },
  ERP004: {
    status: 422,
    title: "Transformation error",
    resolution: "Correct the transform or the expression, or the source value.",
    retryable: false,
  },
  ERP005: {
    status: 429,
    title: "Rate limit exceeded",
    resolution: "Wait for the time in Retry-After; lower the limits of the integration.",
    retryable: true,
  },
  ERP006: {
    status: 502,
    title: "Webhook delivery failed",
    resolution: "Check the receiver; the delivery is repeated.",
    retryable: true,
  },
  ERP007: {
    status: 504,
    title: "Sync job time-out",
    resolution: "The job resumes from its last page; look at the ERP's response times.",
    retryable: true,
  },
  ERP008: {
    status: 422,
    title: "Data validation error",
    resolution: "Correct the fields that errors names.",
    retryable: false,
  },
  ERP009: {
    status: 409,
    title: "Reconciliation mismatch",
    resolution: "Look at the discrepancy and decide which side is right.",
    retryable: false,
  },
  ERP010: {
    status: 503,
    title: "Queue overflow",
    resolution: "Try again later; look at the queue in the dashboard.",
    retryable: true,
  },
  AUTH_REQUIRED: {
    status: 401,
    title: "Authentication required",
    resolution: "Send a valid API key or token as Authorization: Bearer.",
    retryable: false,
  },
  FORBIDDEN: {
    status: 403,
    title: "Forbidden",
    resolution: "Ask an administrator for the permission that detail names.",
    retryable: false,
  },
  NOT_FOUND: {
    status: 404,
    title: "Not found",
    resolution: "Check the address and the tenant of the key.",
    retryable: false,
  },
  CONFLICT: {
    status: 409,
    title: "Conflict",
    resolution: "Read the current state and decide again.",
    retryable: false,
  },
  STALE: {
    status: 412,
    title: "Stale version",
    resolution: "Read the current version and repeat the change with its ETag.",
    retryable: false,
  },
  PRECONDITION_REQUIRED: {
    status: 428,
    title: "Precondition required",
    resolution: "Send If-Match with the ETag that you read.",
    retryable: false,
  },
  TOO_LARGE: {
    status: 413,
    title: "Too large",
    resolution: "Send less at once; detail names the limit.",
    retryable: false,
  },
  UNSUPPORTED: { status: 415, title: "Unsupported media type", resolution: "Send application/json.", retryable: false },
  LIMITED: {
    status: 429,
    title: "Too many requests",
    resolution: "Wait for the time in Retry-After.",
    retryable: true,
  },
  UNAVAILABLE: {
    status: 503,
    title: "Temporarily unavailable",
    resolution: "Try again after the time in Retry-After.",
    retryable: true,
  },
  INTERNAL: { status: 500, title: "Internal error", resolution: "Tell the operator the trace id.", retryable: false },
} as const satisfies Record<string, CodeDefinition>;

export type ProblemCode = keyof typeof PROBLEM_CODES;

export interface ProblemExtras {
  errors?: FieldError[];
  resolution?: string;
  status?: number;
  retryAfterSeconds?: number;
  current?: Json;
  cause?: unknown;
}

/** An outcome that the client is to see. Its text never carries a secret or a stack. */
export class ProblemError extends Error {
  readonly problem: ProblemDocument;

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.name = "ProblemError";
    const definition = PROBLEM_CODES[code];
    this.problem = {
      type: `/problems/${code}`,
      title: definition.title,
      status: extras.status ?? definition.status,
      code,
      detail,
      resolution: extras.resolution ?? definition.resolution,
      retryable: definition.retryable,
      ...(extras.errors ? { errors: extras.errors } : {}),
      ...(extras.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: extras.retryAfterSeconds }),
      ...(extras.current === undefined ? {} : { current: extras.current }),
    };
  }

  get code(): ProblemCode {
    return this.problem.code as ProblemCode;
  }

  /** The error again, from the document that travelled over the bus. */
  static from(problem: ProblemDocument): ProblemError {
    const error = new ProblemError(
      problem.code in PROBLEM_CODES ? (problem.code as ProblemCode) : "INTERNAL",
      problem.detail,
    );
    Object.assign(error.problem, problem);
    return error;
  }
}
