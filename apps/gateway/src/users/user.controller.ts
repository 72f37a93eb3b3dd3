import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from "@nestjs/common";
import { PageQuery, type CallContext, type Page } from "@dovetail/contracts";
import type { FastifyReply } from "fastify";
import { Caller } from "../auth/principal";
import { Requires } from "../auth/requires";
import { Describe } from "../docs/describe";
import { Idempotent } from "../http/idempotency.interceptor";
import { IfMatch, tag } from "../http/preconditions";
import { NewUser, UserPatch, type User } from "./user";
import { UserService } from "./user.service";

/** `/users`: for administrators of the tenant. */
@Controller("api/v1/users")
export class UserController {
  constructor(private readonly users: UserService) {}

  @Get()
  @Requires("erp:admin")
  @Describe({ summary: "List the tenant's users", page: "User" })
  list(@Caller() caller: CallContext, @Query() query: PageQuery): Promise<Page<User>> {
    return this.users.list(caller.tenantId, query);
  }

  @Get(":id")
  @Requires("erp:admin")
  @Describe({ summary: "Read one user", answer: "User", problems: ["NOT_FOUND"] })
  async get(
    @Caller() caller: CallContext,
    @Param("id") id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return tagged(reply, await this.users.get(caller.tenantId, id));
  }

  @Post()
  @Idempotent()
  @Requires("erp:admin")
  @Describe({ summary: "Add a user", answer: "User", status: 201, problems: ["ERP008", "CONFLICT"] })
  async create(
    @Caller() caller: CallContext,
    @Body() body: NewUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return tagged(reply, await this.users.create(caller.tenantId, body));
  }

  @Patch(":id")
  @Requires("erp:admin")
  @Describe({
    summary: "Change a user; a new password or role ends their sessions",
    answer: "User",
    ifMatch: true,
    problems: ["ERP008", "NOT_FOUND", "STALE"],
  })
  async change(
    @Caller() caller: CallContext,
    @Param("id") id: string,
    @Body() body: UserPatch,
    @IfMatch() ifVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return tagged(reply, await this.users.change(caller.tenantId, id, body, ifVersion));
  }

  @Delete(":id")
  @Requires("erp:admin")
  @Describe({ summary: "Remove a user and their sessions", problems: ["NOT_FOUND"] })
  remove(@Caller() caller: CallContext, @Param("id") id: string): Promise<void> {
    return this.users.remove(caller.tenantId, id);
  }
}

function tagged(reply: FastifyReply, user: User): User {
  tag(reply, user.version);
  return user;
}
