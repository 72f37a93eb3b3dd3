import type { EntityName, JsonObject } from "@dovetail/domain";
import { OneOf, Text } from "../fields";
import { CONNECTION_METHODS, type Direction } from "../integration-config/integrations";
import { operation } from "../operation";
import { ById, Nothing } from "../paging";

/** What one adapter declares (SYS-3); the row of the capability matrix. */
export interface SystemDescription {
  code: string;
  version: number;
  title: string;
  connectionMethod: string;
  /** True: it reaches a tenant's system of any code, by its connection method. */
  anySystem: boolean;
  connection: JsonObject;
  auth: string[];
  inbound: string[];
  outbound: string[];
  formats: string[];
  realTime: boolean;
  limits: { concurrent?: number; perMinute?: number };
  entities: {
    entityType: EntityName;
    pull: boolean;
    incremental: boolean;
    deletesSeen: boolean;
    operations: string[];
    writeClass: "K" | "L" | "N" | null;
    lookup: boolean;
    webhook: boolean;
  }[];
  errors: JsonObject[];
}

/** A connection made ready: what an integration made with `template` begins with. */
export interface ConnectionTemplate {
  name: string;
  /** The customer's system; the code of an adapter for any system: for whatever it reaches. */
  system: string;
  connectionMethod: string;
  /** Code of the adapter that opens it. */
  adapter: string;
  title: string;
  description: string;
  apiVersion: string | null;
  authMethod: string;
  settings: JsonObject;
  syncSchedule: JsonObject;
  entities: Partial<
    Record<
      EntityName,
      { direction: Direction; master?: boolean; schedule?: string; pageSize?: number; lookbackSeconds?: number }
    >
  >;
  /** Where they are not the adapter's own. */
  mappings: Partial<Record<EntityName, JsonObject>>;
  /** What is left to whoever uses it: members of the integration that the adapter asks for. */
  placeholders: { field: string; label: string; secret: boolean; example: string | null }[];
}

/** A customer's system and the way to it, as an integration names them. */
export class ResolveSystem {
  @Text({ max: 40 })
  erpSystem!: string;

  @OneOf(CONNECTION_METHODS, { optional: true, description: "absent: that of the system's own adapter" })
  connectionMethod?: string;

  @Text({ optional: true, max: 80, description: "name of a template" })
  template?: string;
}

/** What an integration is judged by and begins with. */
export interface ResolvedSystem {
  erpSystem: string;
  connectionMethod: string;
  /** The adapter that opens it. */
  adapter: SystemDescription;
  /** First mappings: the template's, else the adapter's own. */
  mappings: Partial<Record<EntityName, JsonObject>>;
  template: ConnectionTemplate | null;
}

const at = (name: string) => ({
  subject: `dovetail.sync-engine.${name}`,
  errors: ["NOT_FOUND", "ERP008", "UNAVAILABLE"] as const,
  timeoutMs: 5_000,
});

/** What the sync-engine answers about the ERPs it knows. */
export const systems = {
  list: operation<Nothing, SystemDescription[]>({ ...at("systems.list"), input: Nothing }),
  get: operation<ById, SystemDescription>({ ...at("systems.get"), input: ById }),
  /** NOT_FOUND for a code that neither an adapter nor a template has. */
  templates: operation<ById, ConnectionTemplate[]>({ ...at("systems.templates"), input: ById }),
  /** ERP008 for a combination that nothing serves, naming what there is. */
  resolve: operation<ResolveSystem, ResolvedSystem>({ ...at("systems.resolve"), input: ResolveSystem }),
};
