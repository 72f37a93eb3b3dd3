import type { PushRow } from "../push/push";

/** A push as it would be planned. */
export function neededPush(integration: number, entity: number, key: string, version: number): PushRow {
  const none = { category: null, handle: null, fields: null, sent: null, mapping: null, channel: null, adapter: null };
  return {
    ...none,
    id: "",
    integration,
    entity,
    key,
    version,
    operation: "update",
    status: "pending",
    reference: "",
    attempts: 0,
    looked_up: 0,
    sent_ms: null,
    since_ms: 0,
  };
}
