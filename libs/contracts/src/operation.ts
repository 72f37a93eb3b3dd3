import type { ProblemCode } from "./problem";

/** Who asks, for which tenant. Travels with every operation. */
export interface CallContext {
  tenantId: string;
  /** The tenant's short name, as in subjects. */
  tenant: string;
  actor: Actor;
  traceparent?: string;
}

export interface Actor {
  kind: "user" | "key" | "module" | "service";
  id: string;
  permissions: readonly Permission[];
}

export const PERMISSIONS = [
  "erp:admin",
  "erp:create",
  "erp:update",
  "erp:delete",
  "erp:sync",
  "erp:reconciliation",
  "erp:view",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

type Constructor<T> = new () => T;

/**
 * One request that a service answers: handler and client derive from it.
 * `input` is validated by the handler's side with class-validator; `output` documents the answer.
 */
export interface Operation<I extends object, O> {
  subject: string;
  input: Constructor<I>;
  /** Absent for answers that are not an object of one class. */
  output?: Constructor<O & object>;
  errors: readonly ProblemCode[];
  timeoutMs: number;
}

/** Declares an operation; `O` is given by `output` or by the type argument. */
export function operation<I extends object, O>(definition: Operation<I, O>): Operation<I, O> {
  return Object.freeze(definition);
}

/** The context of work that a service does by itself. */
export function serviceContext(service: string, tenantId: string, tenant: string): CallContext {
  return { tenantId, tenant, actor: { kind: "service", id: service, permissions: PERMISSIONS } };
}
