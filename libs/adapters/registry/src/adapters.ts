import type { Adapter } from "@dovetail/adapter-sdk";
import * as list from "./list";

/** Every adapter of the product, from `list.ts`. */
export const ADAPTERS: readonly Adapter[] = Object.values(list);
