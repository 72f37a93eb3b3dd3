import { integrationConfig } from "@dovetail/contracts";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Operations } from "../operations";
import { MappingService } from "./mapping.service";

/** The operations on mappings. */
@Injectable()
export class MappingController implements OnModuleInit {
  constructor(
    private readonly operations: Operations,
    private readonly mappings: MappingService,
  ) {}

  onModuleInit(): void {
    const { operations, mappings } = this;
    operations.answer(integrationConfig.mapping, (input, ctx) => mappings.get(ctx, input));
    operations.answer(integrationConfig.mappings, (input, ctx) => mappings.newest(ctx, input.integration));
    operations.answer(integrationConfig.mappingVersions, (input, ctx) => mappings.versions(ctx, input));
    operations.answer(integrationConfig.putMapping, (input, ctx) => mappings.put(ctx, input));
  }
}
