export { backoff, type BackoffOptions } from "./backoff";
export { CircuitBreaker, type CircuitBreakerOptions, CircuitOpenError, type CircuitState } from "./circuit-breaker";
export type { Clock } from "./clock";
export { retry, type RetryDecision, type RetryOptions } from "./retry";
export { systemClock } from "./system-clock";
export { TimeoutError, withTimeout } from "./with-timeout";
