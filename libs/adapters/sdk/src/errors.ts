/** What kind of failure it is; decides what happens next (SPEC 7). */
export type Category = "TRANSIENT" | "RATE_LIMIT" | "AUTH" | "VALIDATION" | "NOT_FOUND" | "CONFLICT" | "SERVER";

/** The code that a client sees for a failure: the codes of SPEC 7 and those of the problem document. */
export type ErpCode =
  | "ERP001"
  | "ERP002"
  | "ERP003"
  | "ERP004"
  | "ERP005"
  | "ERP006"
  | "ERP007"
  | "ERP008"
  | "ERP009"
  | "ERP010"
  | "NOT_FOUND"
  | "CONFLICT"
  | "STALE"
  | "UNAVAILABLE"
  | "TOO_LARGE";

/**
 * Whether the request may have had an effect. `no`: surely none (never left, or the ERP refused it);
 * `maybe`: it was written and the outcome is not known. Only `no` may be repeated without looking first.
 */
export type Sent = "no" | "maybe";

/** A request or an answer as an operator may see it: secrets masked, cut to a few kilobytes. */
export interface Excerpt {
  /** `POST https://…` or the status. */
  head: string;
  body?: string;
}

export interface AdapterErrorDetails {
  category: Category;
  code: ErpCode;
  sent: Sent;
  /** HTTP status, where there is one. */
  status?: number;
  /** The ERP's own code or error name. */
  bodyCode?: string;
  /** What the ERP asked for, milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
  request?: Excerpt;
  response?: Excerpt;
}

/** The one error that adapters throw. Its message is fit for the customer: no secret, no stack, no query text. */
export class AdapterError extends Error {
  readonly category: Category;
  readonly code: ErpCode;
  readonly sent: Sent;
  readonly status?: number;
  readonly bodyCode?: string;
  readonly retryAfterMs?: number;
  readonly request?: Excerpt;
  readonly response?: Excerpt;

  constructor(message: string, details: AdapterErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "AdapterError";
    this.category = details.category;
    this.code = details.code;
    this.sent = details.sent;
    this.status = details.status;
    this.bodyCode = details.bodyCode;
    this.retryAfterMs = details.retryAfterMs;
    this.request = details.request;
    this.response = details.response;
  }
}

/** How one category is handled. */
export interface CategoryRule {
  /** Calls in total, the first included. For a push only where `sent` is `no`. */
  calls: number;
  /** Failures per hour that raise an alert; absent: none. */
  alertPerHour?: number;
  severity: "medium" | "high";
  /** How loud a failure is in the log. */
  log: "info" | "warn" | "error";
  /** The code that a failure of this category carries unless the adapter knows better. */
  code: ErpCode;
}

/** The table of SPEC 7. */
export const RETRY_TABLE: Readonly<Record<Category, CategoryRule>> = {
  TRANSIENT: { calls: 5, alertPerHour: 3, severity: "medium", log: "warn", code: "ERP001" },
  RATE_LIMIT: { calls: 10, alertPerHour: 5, severity: "medium", log: "warn", code: "ERP005" },
  AUTH: { calls: 2, alertPerHour: 1, severity: "medium", log: "warn", code: "ERP002" },
  VALIDATION: { calls: 1, alertPerHour: 10, severity: "medium", log: "warn", code: "ERP008" },
  NOT_FOUND: { calls: 1, severity: "medium", log: "info", code: "NOT_FOUND" },
  CONFLICT: { calls: 3, alertPerHour: 5, severity: "medium", log: "warn", code: "CONFLICT" },
  SERVER: { calls: 3, alertPerHour: 1, severity: "high", log: "error", code: "UNAVAILABLE" },
};
