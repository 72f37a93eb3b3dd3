import { ENTITY_NAMES, type EntityName, type JsonObject } from "@dovetail/domain";
import { Free, OneOf, Text, Whole } from "../fields";

/** A mapping as stored: immutable per version. */
export interface MappingVersion {
  integrationId: string;
  entityType: EntityName;
  version: number;
  stage: "production";
  /** `template` until the tenant stores its own. */
  origin: "template" | "tenant";
  document: JsonObject;
  createdAt: string;
  createdBy: string;
}

export class MappingReference {
  @Text()
  integration!: string;

  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;

  @Whole({ optional: true, min: 1, description: "the newest when absent" })
  version?: number;
}

export class PutMapping {
  @Text()
  integration!: string;

  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;

  @Free()
  document!: JsonObject;

  @Whole({ optional: true })
  ifVersion?: number;
}

/** Answer of PUT …/mappings/:entityType. */
export interface MappingSaved {
  version: number;
  stage: "production";
  warnings: string[];
}

export class ListMappings {
  @Text()
  integration!: string;
}
