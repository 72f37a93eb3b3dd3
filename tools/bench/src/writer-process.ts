import type { Commands } from "./child-side";
export const writer = {} satisfies Commands;
