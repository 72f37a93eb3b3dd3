import pino, { type DestinationStream, type Logger as PinoLogger } from "pino";
import { maskText, redact } from "./redaction";
import { currentScope } from "./scope";

/** A pino logger: `logger.info({ count: 3 }, "page committed")`. One JSON line per call. */
export type Logger = PinoLogger;

/** How much is written, from nothing to everything. */
export const LOG_LEVELS = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  service: string;
  /** Default `info`. */
  level?: LogLevel;
  /** Where the lines go; default the process's standard output. */
  destination?: DestinationStream;
}

/**
 * JSON lines with `service`, the fields of `withLogContext` and the trace id of the running work.
 * Values under secret names, Secret values, passwords in URLs and bearer tokens are masked.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level ?? "info",
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (members) => redact(members) as Record<string, unknown>,
      },
      // The formatter above has already turned errors into plain members.
      serializers: { err: (error: unknown) => redact(error) },
      hooks: { streamWrite: maskText },
      mixin: scopeFields,
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
}

function scopeFields(): Record<string, unknown> {
  const scope = currentScope();
  if (!scope) return {};
  return scope.trace ? { ...scope.fields, traceId: scope.trace.traceId } : { ...scope.fields };
}
