import type { Adapter } from "@dovetail/adapter-sdk";
import { memory } from "@dovetail/adapter-memory";

/** Every adapter of the product, one line each. */
export const ADAPTERS: readonly Adapter[] = [
  memory,
];
