import { currentScope, withScope } from "./scope";

/** The fields that a log line can carry beside `service` and `traceId`. */
export interface LogFields {
  tenant?: string;
  integration?: string;
  job?: string;
  category?: string;
  operation?: string;
}

/** Runs `fn` so that each of its log lines carries `fields` (added to those of the surrounding work). */
export function withLogContext<T>(fields: LogFields, fn: () => T): T {
  return withScope({ fields: { ...currentScope()?.fields, ...fields } }, fn);
}

/** Adds fields to the work that is running, e.g. the tenant once it is known. Outside of any work it does nothing. */
export function addLogContext(fields: LogFields): void {
  const scope = currentScope();
  if (scope) Object.assign(scope.fields, fields);
}
