import type { Json } from "@dovetail/domain";

/** The outcome of one value: its result, or why it failed. */
export type Evaluation = { value: Json } | { error: string };
