import { Body, Controller, Get, Post, Req } from "@nestjs/common";
import { Text, type CallContext } from "@dovetail/contracts";
import type { FastifyRequest } from "fastify";
import { Describe } from "../docs/describe";
import { LoginService, type LoginAnswer } from "./login.service";
import { Asking, Caller, type Principal } from "./principal";
import { Public, SignedIn } from "./requires";

class Login {
  @Text({ max: 40, example: "demo" })
  tenant!: string;

  @Text({ max: 200, example: "ada" })
  login!: string;

  @Text({ max: 1000 })
  password!: string;
}

/** Login, logout, and who a key belongs to. */
@Controller("api/v1/auth")
export class AuthController {
  constructor(private readonly logins: LoginService) {}

  @Post("login")
  @Public()
  @Describe({
    summary: "Log in with a password; the token goes into Authorization: Bearer",
    answer: "Login",
    open: true,
    problems: ["ERP008"],
  })
  login(@Body() body: Login, @Req() request: FastifyRequest): Promise<LoginAnswer> {
    return this.logins.login({ ...body, address: request.ip });
  }

  @Post("logout")
  @SignedIn()
  @Describe({ summary: "End the session of the token" })
  logout(@Asking() principal: Principal): Promise<void> {
    return this.logins.logout(principal);
  }

  @Get("me")
  @SignedIn()
  @Describe({ summary: "Who the key or token belongs to", answer: "Me" })
  me(@Caller() caller: CallContext): unknown {
    return { tenant: caller.tenant, tenantId: caller.tenantId, ...caller.actor };
  }
}
