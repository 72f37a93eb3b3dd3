import type { EntityName, JsonObject } from "@dovetail/domain";
import { operation } from "../operation";
import { ById, Nothing } from "../paging";

/** What one adapter declares (SYS-3); the row of the capability matrix. */
export interface SystemDescription {
  code: string;
  version: number;
  title: string;
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

/** The same with the templates, for the owner of mappings. */
export interface SystemTemplates {
  system: SystemDescription;
  mappings: Partial<Record<EntityName, JsonObject>>;
}

const at = (name: string) => ({
  subject: `dovetail.sync-engine.${name}`,
  errors: ["NOT_FOUND", "UNAVAILABLE"] as const,
  timeoutMs: 5_000,
});

/** What the sync-engine answers about the ERPs it knows. */
export const systems = {
  list: operation<Nothing, SystemDescription[]>({ ...at("systems.list"), input: Nothing }),
  get: operation<ById, SystemDescription>({ ...at("systems.get"), input: ById }),
  templates: operation<ById, SystemTemplates>({ ...at("systems.templates"), input: ById }),
};
