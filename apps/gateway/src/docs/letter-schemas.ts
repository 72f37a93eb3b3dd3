import { BULK_JOB_KINDS, BULK_JOB_STATUSES, DEAD_LETTER_KINDS, DEAD_LETTER_STATUSES } from "@dovetail/contracts";
import { among, free, object, orNull, text, the, time, whole } from "./schema";

const AT = "2026-11-20T12:00:00.000Z";
const ID = "0198f3d2-7c1e-7000-8000-000000000003";
const way = among(["inbound", "outbound"]);
const entityType = the("EntityName");

/** Answers about dead letters and what is done with many of them. */
export const LETTER_SCHEMAS = {
  DeadLetter: object(
    {
      id: text(),
      kind: among(DEAD_LETTER_KINDS),
      integration: orNull(text()),
      direction: way,
      entityType: orNull(entityType),
      key: orNull(text()),
      externalId: orNull(text()),
      reason: text(),
      problem: orNull(the("Problem")),
      payload: {},
      request: orNull(the("LetterExcerpt")),
      response: orNull(the("LetterExcerpt")),
      status: among(DEAD_LETTER_STATUSES),
      note: orNull(text()),
      closedBy: orNull(text()),
      attempts: whole(),
      version: whole(),
      createdAt: time,
      updatedAt: time,
    },
    {
      id: ID,
      kind: "PARKED",
      integration: "odoo-demo",
      direction: "inbound",
      entityType: "PurchaseOrder",
      key: "PO-1",
      externalId: "41",
      reason: "UNKNOWN_PARENT",
      problem: null,
      payload: { name: "PO-1" },
      request: null,
      response: null,
      status: "OPEN",
      note: null,
      closedBy: null,
      attempts: 1,
      version: 1,
      createdAt: AT,
      updatedAt: AT,
    },
  ),
  LetterExcerpt: object({ head: text(), "body?": text() }, { head: "POST https://erp.example/api", body: "{…}" }),
  BulkJob: object(
    {
      id: text(),
      kind: among(BULK_JOB_KINDS),
      status: among(BULK_JOB_STATUSES),
      filter: free,
      total: whole(),
      counts: object({ seen: whole(), done: whole() }),
      left: { ...free, description: "entries left as they were, by reason; seen = done + their sum" },
      createdBy: text(),
      createdAt: time,
      startedAt: orNull(time),
      finishedAt: orNull(time),
      problem: orNull(the("Problem")),
    },
    {
      id: ID,
      kind: "retry",
      status: "completed",
      filter: { kind: "PUSH" },
      total: 14,
      counts: { seen: 14, done: 12 },
      left: { UNKNOWN: 2 },
      createdBy: "/users/ada",
      createdAt: AT,
      startedAt: AT,
      finishedAt: AT,
      problem: null,
    },
  ),
} as const;
