import { AdapterError, type Category, RETRY_TABLE, type Sent } from "./errors";
import type { Classification, ClassifyInput } from "./port";
import { retryAfterMs } from "./retry-after";

const BY_STATUS: Readonly<Record<number, Category>> = {
  401: "AUTH",
  403: "AUTH",
  404: "NOT_FOUND",
  408: "TRANSIENT",
  409: "CONFLICT",
  410: "NOT_FOUND",
  412: "CONFLICT",
  429: "RATE_LIMIT",
  502: "TRANSIENT",
  503: "TRANSIENT",
  504: "TRANSIENT",
};

/** What a 400 or 403 says when it means "too many calls" (SPEC 7). */
const SAYS_LIMIT = /rate.?limit|request.?limit|limit.?exceeded|too many requests|throttl|quota/i;

function categoryOf({ status, body, bodyCode }: ClassifyInput): Category {
  if (status === undefined) return "TRANSIENT";
  if ((status === 400 || status === 403) && SAYS_LIMIT.test(`${bodyCode ?? ""} ${body ?? ""}`)) return "RATE_LIMIT";
  const known = BY_STATUS[status];
  if (known) return known;
  return status >= 400 && status < 500 ? "VALIDATION" : "SERVER";
}

/** Whether a refusal of this category still leaves open if there was an effect (SPEC 7, last sentence). */
export function sentOf(category: Category): Sent {
  return category === "TRANSIENT" || category === "SERVER" ? "maybe" : "no";
}

/**
 * The classification by HTTP status of SPEC 7, for adapters whose ERP uses statuses as intended. An error that is
 * already classified keeps its category; no status and no known cause is TRANSIENT.
 */
export function httpClassify(failure: ClassifyInput): Classification {
  if (failure.cause instanceof AdapterError && failure.status === undefined) {
    const { category, code, retryAfterMs: wait } = failure.cause;
    return { category, code, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  const category = categoryOf(failure);
  const wait = failure.headers ? retryAfterMs(failure.headers, Date.now()) : undefined;
  return { category, code: RETRY_TABLE[category].code, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
}
