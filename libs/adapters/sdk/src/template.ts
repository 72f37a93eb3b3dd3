import type { EntityName, JsonObject } from "@dovetail/domain";
import type { MappingDocument } from "@dovetail/mapping";
import type { AuthMethod } from "./schema";

/** How an integration reaches the customer's system (SPEC 2). */
export const CONNECTION_METHODS = ["API", "FILE", "DATABASE", "MESSAGE_QUEUE"] as const;
export type ConnectionMethod = (typeof CONNECTION_METHODS)[number];

/** What a template says of one entity; the rest is as an integration has it by default. */
export interface TemplateEntity {
  direction: "inbound" | "outbound" | "both";
  master?: boolean;
  /** Cron, UTC. */
  schedule?: string;
  pageSize?: number;
  lookbackSeconds?: number;
}

/**
 * A connection made ready for one kind of customer: what an integration begins with (SPEC MAP-8). Plain data. Settings
 * that only the customer knows are left out: they are the template's placeholders.
 */
export interface ConnectionTemplate {
  /** Unique among all adapters; what `template` of a new integration names. */
  name: string;
  /** The customer's system it is for; the code of an adapter for any system: a template for whatever this adapter reaches. */
  system: string;
  connectionMethod: ConnectionMethod;
  title: string;
  description: string;
  apiVersion?: string;
  authMethod: AuthMethod;
  settings: JsonObject;
  /** `{enabled, interval}` and a cron expression per entity or group, as an integration has it. */
  syncSchedule: JsonObject;
  entities: { readonly [E in EntityName]?: TemplateEntity };
  /** Where they are not the adapter's own. */
  mappings: { readonly [E in EntityName]?: MappingDocument };
}
