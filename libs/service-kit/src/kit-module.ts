import { Module, type DynamicModule, type Type } from "@nestjs/common";
import type { Logger } from "./logger";
import type { Metrics } from "./metrics";

/** Injects the service's Logger. */
export const LOGGER = Symbol("dovetail.logger");
/** Injects the service's Metrics. */
export const METRICS = Symbol("dovetail.metrics");
/** Injects an AbortSignal that fires when the service begins to stop; long answers (SSE) end on it. */
export const STOPPING = Symbol("dovetail.stopping");

interface KitValues {
  logger: Logger;
  metrics: Metrics;
  stopping: AbortSignal;
}

/** The root of an application: the service's own module with the kit's values injectable everywhere in it. */
export function kitModule(service: Type<unknown> | DynamicModule, values: KitValues): DynamicModule {
  // Classes of its own per service: Nest keys modules by class.
  class Kit {}
  class ServiceRoot {}
  Module({})(Kit);
  Module({})(ServiceRoot);
  const providers = [
    { provide: LOGGER, useValue: values.logger },
    { provide: METRICS, useValue: values.metrics },
    { provide: STOPPING, useValue: values.stopping },
  ];
  const kit: DynamicModule = { module: Kit, global: true, providers, exports: [LOGGER, METRICS, STOPPING] };
  return { module: ServiceRoot, imports: [kit, service] };
}
