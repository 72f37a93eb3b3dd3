/** The database cannot be reached, or the connection broke before a commit was sent: nothing has happened. Retryable. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
  readonly retryable = true;
  constructor(cause: unknown) {
    super("The database is not available.", { cause });
  }
}

/** The connection broke while the commit was under way: ask by the work's own id whether it has happened. */
export class CommitUnknownError extends Error {
  override readonly name = "CommitUnknownError";
  readonly retryable = false;
  constructor(cause: unknown) {
    super("The connection was lost during the commit; its outcome is unknown.", { cause });
  }
}

/** A failed statement was swallowed and the transaction went on: PostgreSQL rolled it back at the commit. */
export class TransactionAbortedError extends Error {
  override readonly name = "TransactionAbortedError";
  readonly retryable = false;
  constructor() {
    super("The transaction was rolled back because a statement in it had failed.");
  }
}

/** SQLSTATE of an error that PostgreSQL reported, else undefined. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && "severity" in (error as object) ? code : undefined;
}

/** Name of the constraint that a statement violated, else undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  return (error as { constraint?: string } | undefined)?.constraint;
}

const SOCKET_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

// Texts of pg and pg-pool that carry no code.
const LOST =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|timeout expired|Query read timeout/;

/** Whether the connection is gone or was never made, so that another one may do. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  // 08 connection exceptions; 57P0x shutdown, crash, starting up; 53300 too many connections; 25P03 idle in a transaction.
  if (state) return state.startsWith("08") || /^57P0[1235]$/.test(state) || state === "53300" || state === "25P03";
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return (code !== undefined && SOCKET_ERRORS.has(code)) || LOST.test(message ?? "");
}

/** Serialization failure or deadlock: the same transaction may succeed when run again. */
export function isSerializationFailure(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}
