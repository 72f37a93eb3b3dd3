import { randomFillSync } from "node:crypto";
import type { LogFields } from "./log-context";
import { currentScope, withScope } from "./scope";

/** W3C Trace Context (level 1): which request this work belongs to. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero: this piece of work. */
  readonly spanId: string;
  /** The span that asked for this one. */
  readonly parentSpanId?: string;
  readonly sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/** Reads a `traceparent` header; undefined when it is absent or malformed (W3C: then a new trace begins). */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const match = text === undefined ? null : TRACEPARENT.exec(text);
  const [, version, traceId, spanId, flags, rest] = match ?? [];
  if (!version || !traceId || !spanId || !flags) return undefined;
  // Version ff is invalid; version 00 has exactly four parts, later ones may have more.
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` header that hands this work on. */
export function formatTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? "01" : "00"}`;
}

/** A trace that begins here. */
export function newTrace(): TraceContext {
  return { traceId: randomId(16), spanId: randomId(8), sampled: true };
}

/** A piece of work inside `parent` (default: the current trace); begins a trace when there is none. */
export function childSpan(parent: TraceContext | undefined = currentTrace()): TraceContext {
  if (!parent) return newTrace();
  return { traceId: parent.traceId, spanId: randomId(8), parentSpanId: parent.spanId, sampled: parent.sampled };
}

/** The trace of the work that is running. */
export function currentTrace(): TraceContext | undefined {
  return currentScope()?.trace;
}

/** Runs `fn` as part of `trace`; its log lines carry the trace id and `fields`. */
export function withTrace<T>(trace: TraceContext, fn: () => T, fields?: LogFields): T {
  return withScope(fields ? { trace, fields: { ...currentScope()?.fields, ...fields } } : { trace }, fn);
}

// Every request needs two ids: drawing from the system for each one is a visible part of a small request.
const POOL = Buffer.alloc(4096);
let used = POOL.length;

function randomId(bytes: number): string {
  if (used + bytes > POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  const id = POOL.toString("hex", used, used + bytes);
  used += bytes;
  return ZEROS.test(id) ? randomId(bytes) : id;
}
