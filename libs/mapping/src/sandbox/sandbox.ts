import type { Json } from "@dovetail/domain";

/** The outcome of one value: its result, or why it failed. */
export type Evaluation = { value: Json } | { error: string };

/** Runs sandboxed expressions in batches. */
export interface Sandbox {
  /** Evaluates one expression over many values, in order. Never rejects for a value or an expression that misbehaves. */
  evaluate(expression: string, values: readonly Json[]): Promise<Evaluation[]>;
  /** Ends the worker thread; a later evaluation starts a new one. */
  close(): Promise<void>;
}
