import {
  AdapterError,
  type Category,
  type Classification,
  type ClassifyInput,
  type Excerpt,
  RETRY_TABLE,
  httpClassify,
  sentOf,
} from "@dovetail/adapter-sdk";
import type { Json, JsonObject } from "@dovetail/domain";

/** What Odoo says of a failed call: `error.data` of JSON-RPC, the body of JSON-2. Its `debug` is never read. */
export interface OdooFault {
  name: string;
  message: string;
  /** `error.code` of JSON-RPC: 100 is an expired session, all others mean nothing. */
  code?: number;
}

/** By exception class; Odoo answers HTTP 200 to all of them on `/jsonrpc`. */
const BY_NAME: Readonly<Record<string, Category>> = {
  "odoo.exceptions.AccessDenied": "AUTH",
  "odoo.exceptions.AccessError": "AUTH",
  "odoo.http.SessionExpiredException": "AUTH",
  "werkzeug.exceptions.Unauthorized": "AUTH",
  "werkzeug.exceptions.Forbidden": "AUTH",
  "odoo.exceptions.UserError": "VALIDATION",
  "odoo.exceptions.ValidationError": "VALIDATION",
  "odoo.exceptions.RedirectWarning": "VALIDATION",
  "odoo.exceptions.MissingError": "NOT_FOUND",
  "builtins.ValueError": "VALIDATION",
  "builtins.TypeError": "VALIDATION",
  "builtins.KeyError": "VALIDATION",
  "builtins.AttributeError": "VALIDATION",
  "psycopg2.IntegrityError": "VALIDATION",
  "psycopg2.errors.UniqueViolation": "VALIDATION",
  "psycopg2.errors.NotNullViolation": "VALIDATION",
  "psycopg2.OperationalError": "TRANSIENT",
  "psycopg2.errors.SerializationFailure": "TRANSIENT",
  "psycopg2.errors.LockNotAvailable": "TRANSIENT",
  "psycopg2.errors.DeadlockDetected": "TRANSIENT",
  "psycopg2.extensions.TransactionRollbackError": "TRANSIENT",
  "psycopg2.pool.PoolError": "TRANSIENT",
};

/** `bodyCode` is the exception's class, or `100` for an expired session; it wins over the status. */
export function classify(failure: ClassifyInput): Classification {
  const { bodyCode, status } = failure;
  const known = bodyCode === "100" ? "AUTH" : BY_NAME[bodyCode ?? ""];
  const unknown = bodyCode !== undefined && (status === undefined || status < 400) ? "SERVER" : undefined;
  const category = known ?? unknown;
  return category ? { category, code: RETRY_TABLE[category].code } : httpClassify(failure);
}

/** The exception of a JSON body, without its traceback. */
export function readFault(body: Json | undefined): OdooFault | undefined {
  if (!isObject(body)) return undefined;
  const error = isObject(body["error"]) ? body["error"] : undefined;
  const data = error ? (isObject(error["data"]) ? error["data"] : {}) : body;
  const name = data["name"];
  if (typeof name !== "string" && !error) return undefined;
  const message = data["message"] ?? error?.["message"];
  return {
    name: typeof name === "string" ? name : "odoo",
    message: typeof message === "string" ? message : "",
    ...(typeof error?.["code"] === "number" ? { code: error["code"] } : {}),
  };
}

/** Raised before or instead of a commit; every other failure of database or server may have come behind it. */
const ROLLED_BACK = /SerializationFailure|DeadlockDetected|LockNotAvailable|TransactionRollbackError|PoolError$/;

/** What Odoo refuses by rule is rolled back; a failing database or a bug leaves open what happened. */
export function faultError(fault: OdooFault, status: number, request: Excerpt): AdapterError {
  const unknownDatabase = /database ".*" does not exist/.test(fault.message);
  const bodyCode = fault.code === 100 ? "100" : fault.name;
  const seen = unknownDatabase ? ({ category: "VALIDATION", code: "ERP008" } as const) : classify({ status, bodyCode });
  const code = /^Invalid field /.test(fault.message) ? "ERP003" : seen.code;
  const message = unknownDatabase ? "Odoo has no database of this name" : wording(fault);
  return new AdapterError(message, {
    category: seen.category,
    code,
    sent: sentOf(seen.category) === "no" || ROLLED_BACK.test(fault.name) ? "no" : "maybe",
    status,
    bodyCode,
    request,
    response: { head: `${status} ${fault.name}`, body: message },
  });
}

/** Only what Odoo words for its users goes out: other exceptions may quote SQL. */
function wording(fault: OdooFault): string {
  if (fault.code === 100) return "The session with Odoo has expired";
  if (/^(odoo|werkzeug)\.|^builtins\.ValueError$/.test(fault.name) && fault.message !== "")
    return fault.message.trim().slice(0, 1000);
  return `Odoo failed with ${fault.name}`;
}

/** An answer that is no Odoo answer: a proxy, another server, a server on its knees. */
export function statusError(status: number, request: Excerpt, headers: Record<string, string> = {}): AdapterError {
  const { category, code, retryAfterMs } = classify({ status, headers });
  // A missing address is not a missing record.
  const wrongAddress = status === 404 || (status >= 300 && status < 400) || status === 405;
  return new AdapterError(
    wrongAddress ? `No Odoo answers at this address (HTTP ${status})` : `Odoo answered HTTP ${status}`,
    {
      category: wrongAddress ? "SERVER" : category,
      code: wrongAddress ? "UNAVAILABLE" : code,
      sent: status < 500 ? "no" : "maybe",
      status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      request,
      response: { head: String(status) },
    },
  );
}

/** A request that this adapter itself refuses: nothing left the machine. */
export function refusal(message: string, code: "ERP003" | "ERP008" = "ERP008"): AdapterError {
  return new AdapterError(message, { category: "VALIDATION", code, sent: "no" });
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
