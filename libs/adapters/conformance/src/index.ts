export type { ConformanceHarness, FaultControl, FaultKind, Opened, OpenOptions } from "./harness";
