import type { LoggerService } from "@nestjs/common";
import type { Logger } from "./logger";
import { currentScope } from "./scope";

/**
 * Nest keeps one logger for the whole process. This adapter therefore asks the running work which service it
 * belongs to, so that several services in one process each get their own lines.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly fallback: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write("debug", message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write("error", message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write("warn", message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write("debug", message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write("trace", message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write("fatal", message, rest);
  }

  // Nest's own start-up lines ("mapped route …") are written at debug: a service says once that it listens.
  private write(level: "trace" | "debug" | "warn" | "error" | "fatal", message: unknown, rest: unknown[]): void {
    const logger = currentScope()?.logger ?? this.fallback;
    const context = rest.at(-1);
    const stack = rest.length > 1 ? rest[0] : undefined;
    const members = {
      ...(typeof context === "string" ? { context } : {}),
      ...(typeof stack === "string" ? { stack } : {}),
      ...(message instanceof Error ? { err: message } : {}),
    };
    logger[level](members, typeof message === "string" ? message : message instanceof Error ? message.message : "");
  }
}
