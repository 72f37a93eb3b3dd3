export { type Clock, systemClock } from "@dovetail/resilience";
export { type AllowAddress, isNoMetadata } from "./address-guard";
export { capabilities, type EntityCapabilities, type SystemCapabilities } from "./capabilities";
export { httpClassify, sentOf } from "./classify";
export type {
  AnswerErrorDetails,
  FileEntry,
  Files,
  Http,
  HttpAnswer,
  HttpRequest,
  Log,
  PublishOptions,
  Queue,
  QueuedMessage,
  QueueState,
  Sql,
  TransactionOptions,
} from "./clients";
export {
  AdapterError,
  type AdapterErrorDetails,
  type Category,
  type CategoryRule,
  type ErpCode,
  type Excerpt,
  RETRY_TABLE,
  type Sent,
} from "./errors";
export { LocalFiles } from "./files/local-files";
export { nameMatcher } from "./files/name-matcher";
export { SftpFiles } from "./files/sftp-files";
export type { SftpOptions } from "./files/sftp-connection";
export { HttpClient, type HttpOptions } from "./http";
export { createMask, excerpt, type Mask, MASKED, secretsOf } from "./mask";
export {
  type Adapter,
  type Classification,
  type ClassifyInput,
  defineAdapter,
  type EntityPort,
  type Failure,
  type InboundMethod,
  type LookupQuery,
  type Notice,
  type OpenContext,
  type OutboundMethod,
  type Page,
  type PollResult,
  type PullQuery,
  type Push,
  type PushOperation,
  type PushRequest,
  type PushResult,
  type Raw,
  type ServerInfo,
  type SourceField,
  type Stamp,
  type WriteClass,
  type WriteTerms,
  writeTerms,
} from "./port";
export { canonicalMapping } from "./canonical-mapping";
export { PURCHASING_ENTITIES, type PurchasingEntity, purchasingMappings, type PurchasingNames } from "./purchasing";
export { NatsQueue, type NatsQueueOptions } from "./queue/nats-queue";
export { oauth2, type Grant, type OAuth2Options } from "./oauth2";
export { newReference } from "./reference";
export { retryAfterMs } from "./retry-after";
export {
  type AuthMethod,
  type ConfigOf,
  defineSchema,
  type FieldSpec,
  type FieldType,
  type Schema,
  type SchemaField,
} from "./schema";
export type { SqlOptions } from "./sql/connection";
export { checkName, type ColumnKind, quoteName, type SqlColumn, type SqlDialect, type Statement } from "./sql/dialect";
export { dialectOf } from "./sql/dialects";
export { SqlClient } from "./sql/sql-client";
export { classifySql } from "./sql/sql-errors";
export type { HmacScheme, SignatureScheme } from "./signatures";
export type { HeldToken, Tokens, TokenStore } from "./tokens";
export { type ConfigResult, type ConnectionParts, gatherConfig, validateConfig } from "./validate-config";
export { CONNECTION_METHODS, type ConnectionMethod, type ConnectionTemplate, type TemplateEntity } from "./template";
