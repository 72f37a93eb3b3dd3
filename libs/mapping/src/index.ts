export type {
  EmptyRule,
  FieldMapping,
  LookupTables,
  MappingDataType,
  MappingDirection,
  MappingDocument,
  TransformList,
  TransformStep,
} from "./document";
export type {
  CompiledMapping,
  CompileOptions,
  InboundResult,
  OutboundOptions,
  OutboundReference,
  OutboundResult,
  PreviewField,
  PreviewStep,
  Ref,
  SourceRow,
} from "./compiled";
export { MappingError } from "./mapping-error";
export type { MappingProblem } from "./mapping-error";
export { closeDefaultSandbox, createSandbox } from "./sandbox/sandbox";
export type { Evaluation } from "./sandbox/evaluation";
export type { Sandbox } from "./sandbox/sandbox";
export type { SandboxLimits } from "./sandbox/sandbox-worker";
export { expressionProblem } from "./sandbox/expression";
export { previewMapping } from "./preview";
export { TRANSFORM_NAMES } from "./transforms/registry";
export { compileMapping } from "./compile";
