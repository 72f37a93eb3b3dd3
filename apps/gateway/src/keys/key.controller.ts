import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from "@nestjs/common";
import { PageQuery, type CallContext, type Page } from "@dovetail/contracts";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";
import { KeyPatch, NewKey, type ApiKey, type CreatedKey } from "./key";
import { KeyService } from "./key.service";

/** `/api-keys`: for administrators of the tenant. */
@Controller("api/v1/api-keys")
export class KeyController {
  constructor(private readonly keys: KeyService) {}

  @Get()
  @Requires("erp:admin")
  @Describe({ summary: "List the tenant's API keys", page: "ApiKey" })
  list(@Caller() caller: CallContext, @Query() query: PageQuery): Promise<Page<ApiKey>> {
    return this.keys.list(caller.tenantId, query);
  }

  @Get(":id")
  @Requires("erp:admin")
  @Describe({ summary: "Read one API key (never the key itself)", answer: "ApiKey", problems: ["NOT_FOUND"] })
  get(@Caller() caller: CallContext, @Param("id") id: string): Promise<ApiKey> {
    return this.keys.get(caller.tenantId, id);
  }

  @Post()
  @Idempotent()
  @Requires("erp:admin")
  @Describe({
    summary: "Make an API key; the answer shows it once",
    answer: "CreatedKey",
    status: 201,
    problems: ["ERP008"],
  })
  create(@Caller() caller: CallContext, @Body() body: NewKey): Promise<CreatedKey> {
    return this.keys.create(caller, body);
  }

  @Patch(":id")
  @Requires("erp:admin")
  @Describe({ summary: "Rename an API key", answer: "ApiKey", problems: ["ERP008", "NOT_FOUND"] })
  rename(@Caller() caller: CallContext, @Param("id") id: string, @Body() body: KeyPatch): Promise<ApiKey> {
    return this.keys.rename(caller.tenantId, id, body.name);
  }

  @Delete(":id")
  @Requires("erp:admin")
  @Describe({ summary: "Revoke an API key for ever", problems: ["NOT_FOUND"] })
  revoke(@Caller() caller: CallContext, @Param("id") id: string): Promise<void> {
    return this.keys.revoke(caller.tenantId, id);
  }
}
