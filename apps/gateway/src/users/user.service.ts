import { Injectable } from "@nestjs/common";
import { ProblemError, type Page, type PageQuery } from "@dovetail/contracts";
import { hashPassword } from "@dovetail/crypto";
import { Authenticator } from "../auth/authenticator.service";
import { roleNamed } from "../auth/roles";
import { pageOf, pageStart } from "../http/paging";
import type { NewUser, User, UserPatch } from "./user";
import { UserRepository } from "./user.repository";

/** The people of a tenant. */
@Injectable()
export class UserService {
  constructor(
    private readonly users: UserRepository,
    private readonly authenticator: Authenticator,
  ) {}

  async list(tenantId: string, query: PageQuery): Promise<Page<User>> {
    const start = pageStart(query);
    return pageOf(await this.users.list(tenantId, start), start);
  }

  async get(tenantId: string, id: string): Promise<User> {
    return (await this.users.get(tenantId, id)) ?? missing();
  }

  async create(tenantId: string, user: NewUser): Promise<User> {
    return this.users.create(tenantId, {
      login: user.login.toLowerCase(),
      role: roleNamed(user.role),
      displayName: user.displayName ?? "",
      passwordHash: await hashPassword(user.password),
    });
  }

  async change(tenantId: string, id: string, patch: UserPatch, ifVersion?: number): Promise<User> {
    const change = {
      role: patch.role === undefined ? undefined : roleNamed(patch.role),
      displayName: patch.displayName,
      disabled: patch.disabled,
      passwordHash: patch.password === undefined ? undefined : await hashPassword(patch.password),
    };
    const user = (await this.users.change(tenantId, id, change, ifVersion)) ?? missing();
    this.authenticator.forget();
    return user;
  }

  async remove(tenantId: string, id: string): Promise<void> {
    if (!(await this.users.remove(tenantId, id))) missing();
    this.authenticator.forget();
  }
}

function missing(): never {
  throw new ProblemError("NOT_FOUND", "There is no user with this id.");
}
