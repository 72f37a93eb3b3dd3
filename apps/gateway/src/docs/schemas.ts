import { PERMISSIONS } from "@dovetail/contracts";
import { ROLES } from "../auth/roles";
import { INTEGRATION_SCHEMAS } from "./integration-schemas";
import { among, list, object, orNull, text, the, time, whole, flag } from "./schema";
import { PLAN_SCHEMAS } from "./plan-schemas";
import { LETTER_SCHEMAS } from "./letter-schemas";
import { SYNC_SCHEMAS } from "./sync-schemas";
import { SYSTEM_SCHEMAS } from "./system-schemas";

const role = among(ROLES);
const permissions = list(among(PERMISSIONS));
const ID = "0198f3d2-7c1e-7000-8000-000000000001";
const AT = "2026-11-20T12:00:00.000Z";

const tenant = { id: text(), name: text(), plan: text(), createdAt: time };
const tenantExample = { id: ID, name: "demo", plan: "STANDARD", createdAt: AT };
const key = {
  id: text(),
  name: text(),
  role: orNull(role),
  permissions,
  createdBy: text(),
  createdAt: time,
  expiresAt: orNull(time),
  revokedAt: orNull(time),
  lastUsedAt: orNull(time),
};
const keyExample = {
  id: "abcdefghijkl",
  name: "mes-purchasing",
  role: "erp_operator",
  permissions: ["erp:sync", "erp:reconciliation", "erp:view"],
  createdBy: "user:" + ID,
  createdAt: AT,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
};

/** What the API answers, by name. */
export const SCHEMAS = {
  Problem: object(
    {
      type: text(),
      title: text(),
      status: whole(),
      code: text({ description: "ERP001 … ERP010 and the words of docs/errors.md" }),
      detail: text(),
      "instance?": text(),
      "resolution?": text({ description: "what the reader can do about it" }),
      "errors?": list(object({ field: text(), rule: text(), value: {}, code: text(), "message?": text() })),
      retryable: flag,
      "retryAfterSeconds?": { type: "number" },
      "current?": {},
      "traceId?": text(),
    },
    {
      type: "/problems/ERP003",
      title: "Invalid field mapping",
      status: 422,
      code: "ERP003",
      detail: "PO_TOTL is not a field of purchase.order",
      instance: "/api/v1/erp/integrations/impact-production/mappings/PurchaseOrder",
      resolution: "Did you mean PO_TOTAL? GET …/fields lists them.",
      errors: [{ field: "mappings[3].erpField", rule: "exists", value: "PO_TOTL", code: "ERP003" }],
      retryable: false,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    },
  ),
  Login: object(
    { token: text(), expiresAt: time, tenant: text(), role, permissions },
    { token: "dvt_…", expiresAt: AT, tenant: "demo", role: "erp_viewer", permissions: ["erp:view"] },
  ),
  Me: object(
    { tenant: text(), tenantId: text(), kind: among(["user", "key", "module", "service"]), id: text(), permissions },
    { tenant: "demo", tenantId: ID, kind: "key", id: "abcdefghijkl", permissions: ["erp:view"] },
  ),
  Tenant: object(tenant, tenantExample),
  CreatedTenant: object(
    {
      ...tenant,
      apiKey: object({ id: text(), key: text() }),
      bus: object({ user: text(), password: text() }),
    },
    {
      ...tenantExample,
      apiKey: { id: "abcdefghijkl", key: "dvk_abcdefghijkl_…" },
      bus: { user: "tenant-demo", password: "…" },
    },
  ),
  User: object(
    {
      id: text(),
      login: text(),
      displayName: text(),
      role,
      disabled: flag,
      version: whole(),
      createdAt: time,
      updatedAt: time,
    },
    {
      id: ID,
      login: "ada",
      displayName: "Ada",
      role: "erp_operator",
      disabled: false,
      version: 1,
      createdAt: AT,
      updatedAt: AT,
    },
  ),
  ApiKey: object(key, keyExample),
  CreatedKey: object({ ...key, key: text() }, { ...keyExample, key: "dvk_abcdefghijkl_…" }),
  WebhookAddress: object(
    { url: text(), rotatedAt: time, previousUntil: orNull(time) },
    {
      url: "https://dovetail.example.com/api/v1/webhooks/inbound/demo.impact-production/…",
      rotatedAt: AT,
      previousUntil: null,
    },
  ),
  NoticeAnswer: object({ id: text(), duplicate: flag }, { id: ID, duplicate: false }),
  ErpHealth: object(
    {
      status: among(["ok", "degraded", "down"]),
      "bus?": among(["up", "down"]),
      "integrations?": list(the("IntegrationHealth")),
    },
    { status: "ok", bus: "up", integrations: [] },
  ),
  ...INTEGRATION_SCHEMAS,
  ...SYNC_SCHEMAS,
  ...PLAN_SCHEMAS,
  ...LETTER_SCHEMAS,
  ...SYSTEM_SCHEMAS,
} as const;

export type SchemaName = keyof typeof SCHEMAS;
