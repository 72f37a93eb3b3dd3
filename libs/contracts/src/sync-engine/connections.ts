import { Flag, OneOf, Text } from "../fields";
import { type ConnectionStatus } from "../integration-config/integrations";
import { type ProblemDocument } from "../problem";
import { type JobCounts } from "./jobs";
import { ENTITY_NAMES, type EntityName, type JsonObject } from "@dovetail/domain";

export interface TestAnswer {
  success: boolean;
  message: string;
  code: string | null;
  serverInfo: JsonObject;
  latencyMs: number;
}

export class DescribeFields {
  @Text()
  integration!: string;

  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;
}

export interface ErpField {
  name: string;
  type: string;
  label?: string;
  required?: boolean;
  references?: string;
}

export const CIRCUIT_STATES = ["closed", "open", "half-open"] as const;

/** Whether an ERP account is called now, as all sync-engines know it together. */
export interface CircuitView {
  /** half-open: one call finds out whether the ERP is back. */
  state: (typeof CIRCUIT_STATES)[number];
  /** Failures in a row. */
  failures: number;
  /** Until when the ERP is not called, ISO 8601; null: it is called. */
  waitsUntil: string | null;
  waitsFor: "paused" | "circuit" | "maintenance" | null;
}

export interface IntegrationHealth {
  integration: string;
  status: ConnectionStatus;
  lastSyncAt: string | null;
  lastError: ProblemDocument | null;
  openDeadLetters: number;
  queueDepth: number;
  successRate: number | null;
  circuit: CircuitView;
  /** Nothing is pushed or deleted until a person releases the integration. */
  recovering: boolean;
}

/** How an integration stands in recovery mode. */
export interface Recovery {
  integration: string;
  recovering: boolean;
  /** ISO 8601; null: not in recovery, or not begun yet. */
  since: string | null;
  /** `database`: it is not the one that it was; `reset`: a person asked for it. */
  reason: "database" | "reset" | null;
  /** Entities that have not been read whole since. */
  unread: EntityName[];
}

export class ReleaseIntegration {
  @Text({ max: 200 })
  id!: string;

  @Flag({ optional: true, description: "true: also while entities have not been read whole" })
  force?: boolean;
}

export class HealthQuery {
  @Text({ optional: true })
  integration?: string;
}

export interface IntegrationMetrics {
  integration: string;
  jobs: Record<string, number>;
  counts: JobCounts;
  averageDurationMs: number | null;
  queue: { pending: number; active: number; failed: number };
  pushes: Record<string, number>;
}

/** What credentials are sealed with: only the sync-engine opens them. */
export interface SealingKeyAnswer {
  keyId: string;
  /** X25519, base64url. */
  publicKey: string;
}

/** Binds sealed credentials to their integration. */
export function credentialContext(tenantId: string, integrationName: string): string {
  return `credentials/${tenantId}/${integrationName}`;
}
