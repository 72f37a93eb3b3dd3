import { AsyncLocalStorage } from "node:async_hooks";
import type { Logger } from "pino";
import type { LogFields } from "./log-context";
import type { TraceContext } from "./trace";

/** What belongs to the work in hand: carried along its promises and timers, never in a module variable. */
export interface Scope {
  readonly trace?: TraceContext;
  /** Mutable on purpose: what is learnt late (the tenant, after authentication) is added to the running work. */
  readonly fields: LogFields;
  /** The logger of the service that does the work. */
  readonly logger?: Logger;
}

const storage = new AsyncLocalStorage<Scope>();

export function currentScope(): Scope | undefined {
  return storage.getStore();
}

/** Runs `fn` in the present scope changed by `change`; the outer scope is left as it is. */
export function withScope<T>(change: Partial<Scope>, fn: () => T): T {
  const outer = storage.getStore();
  return storage.run({ ...outer, fields: { ...outer?.fields }, ...change }, fn);
}

/** Runs `fn` in exactly this scope (an HTTP request enters its scope again after the body has been read). */
export function inScope<T>(scope: Scope, fn: () => T): T {
  return storage.run(scope, fn);
}
