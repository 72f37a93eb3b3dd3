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
export { COST_TYPES, WORK_ORDER_KINDS } from "./entities/manufacturing";
export { INVENTORY_TRANSACTION_TYPES } from "./entities/items";
export { INVOICE_TYPES } from "./entities/finance";
export { ORDER_STATUSES, type OrderStatus } from "./entities/sales";
export { TICKET_STATUSES, type TicketStatus } from "./entities/service";
