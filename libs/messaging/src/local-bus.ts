import type { CallContext } from "@dovetail/contracts";
import type { TraceContext } from "@dovetail/service-kit";
import type { Answer } from "./handling";

/** Answers one request inside this process, as a part of `trace`. */
export type LocalHandler = (ctx: CallContext, input: object, trace: TraceContext) => Promise<Answer>;

/**
 * The handlers of services that share a process: a call reaches them without a message.
 * The input is checked and copied as on the wire, the answer is frozen, errors are the same.
 */
export class LocalBus {
  private readonly handlers = new Map<string, LocalHandler[]>();

  /** Offers a handler; answers how to take it back. */
  register(subject: string, handler: LocalHandler): () => void {
    this.handlers.set(subject, [...(this.handlers.get(subject) ?? []), handler]);
    return () => {
      const left = (this.handlers.get(subject) ?? []).filter((other) => other !== handler);
      if (left.length > 0) this.handlers.set(subject, left);
      else this.handlers.delete(subject);
    };
  }

  /** One of the handlers of a subject, in turn. */
  find(subject: string): LocalHandler | undefined {
    const handlers = this.handlers.get(subject);
    const first = handlers?.[0];
    if (first && handlers.length > 1) this.handlers.set(subject, [...handlers.slice(1), first]);
    return first;
  }
}

/** Freezes a value with everything in it: the asker cannot change what the owner may keep. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  // Bytes cannot be frozen.
  if (ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
