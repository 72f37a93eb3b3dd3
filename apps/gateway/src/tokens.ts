/** Injects the GatewayConfig. */
export const CONFIG = Symbol("gateway.config");
/** Injects the Clock. */
export const CLOCK = Symbol("gateway.clock");
/** Injects the KeyRing. */
export const KEYS = Symbol("gateway.keys");
