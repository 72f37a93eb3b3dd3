export { type Check, checksOf, RULE_NAMES } from "./conformance";
export { describeAdapterConformance } from "./describe-adapter-conformance";
export type { ConformanceHarness, FaultControl, FaultKind, HeldSender, Opened, OpenOptions } from "./harness";
export { memoryHarness, type MemoryHarnessOptions } from "./memory-harness";
export { RuleViolation } from "./rules/rule";
