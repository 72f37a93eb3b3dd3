import type { EntityName, Json } from "@dovetail/domain";
import type { DeadLetterKind, ProblemDocument } from "@dovetail/contracts";

/** A stored letter. The payload is sealed at rest. */
export interface DeadLetterRow {
  id: string;
  kind: DeadLetterKind;
  direction: "inbound" | "outbound";
  integration: number | null;
  entity: number | null;
  key: string | null;
  external_id: string | null;
  reason: string;
  waiting_entity: number | null;
  waiting_id: string | null;
  problem: ProblemDocument | null;
  payload: Json;
  io: number | null;
  job_id: string | null;
  push_id: string | null;
  status: "OPEN" | "RESOLVED" | "DISCARDED";
  attempts: number;
  version: number;
  note: string | null;
  closed_by: string | null;
  created_at: string;
  updated_at: string;
}

/** A source row that was not applied. */
export interface SourceLetter extends NewReason {
  id: string;
  key: string | null;
  externalId: string;
  /** The version that the ERP showed. */
  erpVersion?: string | null;
  payload: Json;
}

/** A push that was not applied. */
export interface PushLetter {
  pushId: string;
  integration: number;
  entity: EntityName;
  key: string;
  reason: string;
  problem: ProblemDocument | null;
  payload: Json;
}

/** What happens to a parked row whose merge was tried again. */
export interface NewReason {
  kind: "PARKED" | "CONFLICT" | "REJECTED";
  reason: string;
  waitingEntity: number | null;
  waitingId: string | null;
  problem: ProblemDocument | null;
  /** Replaces what is kept of the row. */
  payload?: Json;
}
