import { Body, Controller, Get, Param, Post } from "@nestjs/common";
import type { Page } from "@dovetail/contracts";
import { OperatorOnly } from "../auth/requires";
import { Describe } from "../docs/describe";
import { IdempotencyKey } from "../http/preconditions";
import { NewTenant, type CreatedTenant, type Tenant } from "./tenant";
import { TenantService } from "./tenant.service";

/** `/tenants`: with the operator's key. */
@Controller("api/v1/tenants")
export class TenantController {
  constructor(private readonly tenants: TenantService) {}

  @Get()
  @OperatorOnly()
  @Describe({ summary: "List the tenants", page: "Tenant" })
  async list(): Promise<Page<Tenant>> {
    return { items: await this.tenants.list(), next: null };
  }

  @Get(":name")
  @OperatorOnly()
  @Describe({ summary: "Read one tenant", answer: "Tenant", problems: ["NOT_FOUND"] })
  get(@Param("name") name: string): Promise<Tenant> {
    return this.tenants.get(name);
  }

  @Post()
  @OperatorOnly()
  @Describe({
    summary: "Make a tenant; the answer shows its first API key and its bus user's password once",
    answer: "CreatedTenant",
    status: 201,
    idempotent: true,
    problems: ["ERP008", "CONFLICT"],
  })
  create(@Body() body: NewTenant, @IdempotencyKey() key: string | undefined): Promise<CreatedTenant> {
    return this.tenants.create(body, key);
  }
}
