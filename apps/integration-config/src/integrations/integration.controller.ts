import { integrationConfig } from "@dovetail/contracts";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Operations } from "../operations";
import { IntegrationService } from "./integration.service";

/** The operations on integrations. */
@Injectable()
export class IntegrationController implements OnModuleInit {
  constructor(
    private readonly operations: Operations,
    private readonly integrations: IntegrationService,
  ) {}

  onModuleInit(): void {
    const { operations, integrations } = this;
    operations.answer(integrationConfig.create, (input, ctx) => integrations.create(ctx, input));
    operations.answer(integrationConfig.list, (input, ctx) => integrations.list(ctx, input));
    operations.answer(integrationConfig.get, (input, ctx) => integrations.get(ctx, input.id));
    operations.answer(integrationConfig.update, (input, ctx) => integrations.update(ctx, input));
    operations.answer(integrationConfig.remove, (input, ctx) => integrations.remove(ctx, input));
    operations.answer(integrationConfig.setStatus, (input, ctx) => integrations.setStatus(ctx, input));
    operations.answer(integrationConfig.connection, (input, ctx) => integrations.connection(ctx, input.id));
  }
}
