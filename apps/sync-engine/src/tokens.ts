/** Injects the Clock. */
export const CLOCK = Symbol("dovetail.clock");
/** Injects the sync-engine's settings (`config.ts`). */
export const SETTINGS = Symbol("dovetail.sync-engine.settings");
