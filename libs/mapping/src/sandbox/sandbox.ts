import type { Json } from "@dovetail/domain";
import type { Evaluation } from "./evaluation";
import { expressionProblem } from "./expression";
import { SandboxWorker, type SandboxLimits } from "./sandbox-worker";

/** Runs sandboxed expressions in batches. */
export interface Sandbox {
  /** Evaluates one expression over many values, in order. Never rejects for a value or an expression that misbehaves. */
  evaluate(expression: string, values: readonly Json[]): Promise<Evaluation[]>;
  /** Ends the worker thread; a later evaluation starts a new one. */
  close(): Promise<void>;
}

const DEFAULT_LIMITS: SandboxLimits = {
  memoryMb: 64,
  stackKb: 256,
  fuel: 1000,
  valueMs: 1000,
  batchMs: 15_000,
  hangMs: 4000,
  block: 32,
};

/** More than this at once would hold the worker and its memory for too long. */
const BATCH_VALUES = 10_000;
const BATCH_CHARACTERS = 4_000_000;

/**
 * A sandbox over one worker thread, started by the first evaluation and not keeping the process alive.
 * Batches are served one after the other. Limits are per value (fuel in steps of 10,000 branches, memory, stack, time)
 * and per batch.
 */
export function createSandbox(limits: Partial<SandboxLimits> = {}): Sandbox {
  const all = { ...DEFAULT_LIMITS, ...limits };
  let worker: SandboxWorker | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const batch = (expression: string, values: readonly Json[]): Promise<Evaluation[]> => {
    const result = turn.then(() => (worker ??= new SandboxWorker(all)).run(expression, values));
    turn = result.catch(() => undefined);
    return result;
  };
  return {
    async evaluate(expression, values) {
      const problem = expressionProblem(expression);
      if (problem !== undefined) return values.map(() => ({ error: problem }));
      const results: Evaluation[] = [];
      for (const part of batches(values)) for (const result of await batch(expression, part)) results.push(result);
      return results;
    },
    async close() {
      const ending = turn.then(() => worker?.close());
      turn = ending.catch(() => undefined);
      await ending;
      worker = undefined;
    },
  };
}

function* batches(values: readonly Json[]): Generator<readonly Json[]> {
  for (let from = 0; from < values.length; from += BATCH_VALUES) {
    const part = values.length <= BATCH_VALUES ? values : values.slice(from, from + BATCH_VALUES);
    yield* bySize(part);
  }
}

function* bySize(values: readonly Json[]): Generator<readonly Json[]> {
  if (values.length <= 1 || roughSize(values) <= BATCH_CHARACTERS) return yield values;
  const half = values.length >> 1;
  yield* bySize(values.slice(0, half));
  yield* bySize(values.slice(half));
}

/** Characters of text in the values; only lists and objects have to be written out to know. */
function roughSize(values: readonly Json[]): number {
  let size = 0;
  for (const value of values) {
    if (typeof value === "string") size += value.length;
    else if (typeof value === "object" && value !== null) size += JSON.stringify(value).length;
  }
  return size;
}

let processWide: Sandbox | undefined;

/** The sandbox that compiled mappings use when none is given. */
export function defaultSandbox(): Sandbox {
  return (processWide ??= createSandbox());
}

/** Ends the process-wide sandbox's thread, for a graceful stop. */
export async function closeDefaultSandbox(): Promise<void> {
  await processWide?.close();
}
