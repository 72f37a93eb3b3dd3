export { processEnvironment, type Environment } from "./environment";
export { defineConfig, ConfigError, type ConfigDefinition, type ConfigFault, type ConfigValues } from "./config";
export {
  boolean,
  duration,
  integer,
  oneOf,
  optional,
  port,
  secret,
  string,
  url,
  type ConfigField,
} from "./config-fields";
export { createLogger, LOG_LEVELS, type Logger, type LoggerOptions, type LogLevel } from "./logger";
export { addLogContext, withLogContext, type LogFields } from "./log-context";
export { isSecretName, maskText, redact, redactField } from "./redaction";
export { NestLogger } from "./nest-logger";
export {
  childSpan,
  currentTrace,
  formatTraceparent,
  newTrace,
  parseTraceparent,
  withTrace,
  type TraceContext,
} from "./trace";
export { METRIC_LABELS, Metrics, type MetricLabel } from "./metrics";
export { Health, type CheckResult, type HealthCheck, type HealthReport } from "./health";
export { problemOf, type ProblemPlace } from "./http/problem-of";
export { ProblemFilter, sendProblem } from "./http/problem-filter";
export { maskValue } from "./http/mask-value";
export { strictValidation, validationProblem } from "./http/validation";
export { MAX_JSON_DEPTH, parseJsonBody } from "./http/json-body";
export { LOGGER, METRICS, STOPPING } from "./kit-module";
export { startService, type HttpOptions, type Running, type ServiceOptions } from "./start-service";
export { EXIT_CONFIG, runMain, type MainProcess, type Stoppable } from "./run-main";
