import { Body, Controller, Get, Param, Put, Query, Res } from "@nestjs/common";
import { ApiBody } from "@nestjs/swagger";
import {
  integrationConfig,
  OneOf,
  sync,
  type CallContext,
  type ErpField,
  type MappingSaved,
  type MappingVersion,
  type Page,
} from "@dovetail/contracts";
import { ENTITY_NAMES, type EntityName } from "@dovetail/domain";
import type { FastifyReply } from "fastify";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { BusLink } from "../bus/bus-link";
import { Describe } from "../docs/describe";
import { entityNamed } from "../http/entity-name";
import { jsonObject } from "../http/json-object";
import { IfMatch, tag } from "../http/preconditions";

class FieldQuery {
  @OneOf(ENTITY_NAMES)
  entityType!: EntityName;
}

/** What belongs to one integration: its fields and mappings. */
@Controller("api/v1/erp/integrations/:integration")
export class MappingController {
  constructor(private readonly bus: BusLink) {}

  @Get("fields")
  @Requires("erp:view")
  @Describe({
    summary: "The ERP's fields of one entity",
    list: "ErpField",
    problems: ["NOT_FOUND", "ERP001", "ERP002", "ERP008"],
  })
  async fields(
    @Caller() caller: CallContext,
    @Param("integration") integration: string,
    @Query() { entityType }: FieldQuery,
  ): Promise<Page<ErpField>> {
    return { items: await this.bus.call(sync.fields, caller, { integration, entityType }), next: null };
  }

  @Get("mappings")
  @Requires("erp:view")
  @Describe({ summary: "The newest mapping of each entity", list: "MappingVersion", problems: ["NOT_FOUND"] })
  async list(@Caller() caller: CallContext, @Param("integration") integration: string): Promise<Page<MappingVersion>> {
    return { items: await this.bus.call(integrationConfig.mappings, caller, { integration }), next: null };
  }

  @Get("mappings/:entityType")
  @Requires("erp:view")
  @Describe({ summary: "The mapping in use", answer: "MappingVersion", problems: ["NOT_FOUND"] })
  async mapping(
    @Caller() caller: CallContext,
    @Param("integration") integration: string,
    @Param("entityType") entity: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MappingVersion> {
    const entityType = entityNamed(entity);
    const mapping = await this.bus.call(integrationConfig.mapping, caller, { integration, entityType });
    tag(reply, mapping.version);
    return mapping;
  }

  @Put("mappings/:entityType")
  @ApiBody({ schema: { type: "object", additionalProperties: true, description: "a mapping document" } })
  @Requires("erp:update")
  @Describe({
    summary: "Store a new version of a mapping; it is checked as a whole first",
    answer: "MappingSaved",
    ifMatch: true,
    problems: ["NOT_FOUND", "ERP003", "ERP008", "STALE"],
  })
  async put(
    @Caller() caller: CallContext,
    @Param("integration") integration: string,
    @Param("entityType") entity: string,
    @Body() body: unknown,
    @IfMatch() ifVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MappingSaved> {
    const saved = await this.bus.call(integrationConfig.putMapping, caller, {
      integration,
      entityType: entityNamed(entity),
      document: jsonObject(body),
      ...(ifVersion === undefined ? {} : { ifVersion }),
    });
    tag(reply, saved.version);
    return saved;
  }

  @Get("mappings/:entityType/versions")
  @Requires("erp:view")
  @Describe({ summary: "Every stored version, newest first", list: "MappingVersion", problems: ["NOT_FOUND"] })
  async versions(
    @Caller() caller: CallContext,
    @Param("integration") integration: string,
    @Param("entityType") entity: string,
  ): Promise<Page<MappingVersion>> {
    const entityType = entityNamed(entity);
    const items = await this.bus.call(integrationConfig.mappingVersions, caller, { integration, entityType });
    return { items, next: null };
  }
}
