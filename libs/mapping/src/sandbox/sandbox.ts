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
  const batch = (expression: string, texts: string[]): Promise<Evaluation[]> => {
    const result = turn.then(() => (worker ??= new SandboxWorker(all)).run(expression, texts));
    turn = result.catch(() => undefined);
    return result;
  };
  return {
    async evaluate(expression, values) {
      const problem = expressionProblem(expression);
      if (problem !== undefined) return values.map(() => ({ error: problem }));
      const results: Evaluation[] = [];
      for (const texts of batches(values)) for (const result of await batch(expression, texts)) results.push(result);
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

function* batches(values: readonly Json[]): Generator<string[]> {
  let texts: string[] = [];
  let characters = 0;
  for (const value of values) {
    const text = JSON.stringify(value ?? null);
    if (texts.length > 0 && (texts.length === BATCH_VALUES || characters + text.length > BATCH_CHARACTERS)) {
      yield texts;
      texts = [];
      characters = 0;
    }
    texts.push(text);
    characters += text.length;
  }
  if (texts.length > 0) yield texts;
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
