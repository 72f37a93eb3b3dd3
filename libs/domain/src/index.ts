export type {
  EntityDefinition,
  EntityGroup,
  EntityKind,
  EntityName,
  FieldDefinition,
  FieldError,
  FieldType,
  Json,
  JsonObject,
} from "./types";
export { ENTITY_NAMES } from "./types";
export { DomainError } from "./domain-error";
export { ENTITIES, entityByCode, expandEntityGroup, isEntityName } from "./entities";
export { INVOICE_TYPES } from "./entities/finance";
export { INVENTORY_TRANSACTION_TYPES } from "./entities/items";
export { COST_TYPES, WORK_ORDER_KINDS } from "./entities/manufacturing";
export { ORDER_STATUSES, type OrderStatus } from "./entities/sales";
export { TICKET_STATUSES, type TicketStatus } from "./entities/service";
export { keyOf } from "./key";
export { jsonSchema } from "./json-schema";
export { validateRecord } from "./validate";
export { canonicalJson } from "./canonical";
export { recordHash } from "./hash";
export {
  addDecimal,
  compareDecimal,
  divideDecimal,
  multiplyDecimal,
  normaliseDecimal,
  roundDecimal,
  subtractDecimal,
  sumDecimals,
  type RoundingMode,
} from "./decimal";
export { isDate, isDatetime, normaliseDatetime } from "./temporal";
export { mergePatch } from "./merge-patch";
export { diffRecords } from "./compare";
export {
  threeWayMerge,
  type FieldPolicy,
  type MergeConflict,
  type MergeContext,
  type MergeResult,
  type MergeSides,
  type SettledConflict,
} from "./three-way-merge";
export { uuidv7 } from "./uuid";
