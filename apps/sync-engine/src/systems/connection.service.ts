import type { JsonObject } from "@dovetail/domain";
import { AdapterError } from "@dovetail/adapter-sdk";
import {
  ProblemError,
  type CallContext,
  type DescribeFields,
  type ErpField,
  type ProblemCode,
  type TestAnswer,
} from "@dovetail/contracts";
import type { Clock } from "@dovetail/resilience";
import { Inject, Injectable } from "@nestjs/common";
import { AccountService } from "../accounts/account.service";
import { SessionService } from "../accounts/session.service";
import { CLOCK } from "../tokens";

/** Questions to an ERP that change nothing: does the connection work, which fields are there. */
@Injectable()
export class ConnectionService {
  constructor(
    private readonly accounts: AccountService,
    private readonly sessions: SessionService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** An outcome, never a problem: a wrong password is `success: false` with ERP002. */
  async test(ctx: CallContext, id: string): Promise<TestAnswer> {
    const account = await this.accounts.refresh(ctx.tenantId, ctx.tenant, id);
    const started = this.clock.monotonic();
    const answer = (part: Partial<TestAnswer>): TestAnswer => ({
      success: false,
      message: "",
      code: null,
      serverInfo: {},
      ...part,
      latencyMs: Math.round(this.clock.monotonic() - started),
    });
    try {
      this.sessions.close(account);
      await this.sessions.signInAgain(account);
      const session = await this.sessions.open(account);
      const info = await this.sessions.gate.anyway(() => session.adapter.test(session.handle));
      return answer({
        success: true,
        message: `connected to ${info.product} ${info.version ?? ""}`.trim(),
        serverInfo: { ...info } as JsonObject,
      });
    } catch (error) {
      this.sessions.close(account);
      if (error instanceof AdapterError) return answer({ message: error.message, code: error.code });
      if (error instanceof ProblemError) return answer({ message: error.message, code: error.code });
      throw error;
    }
  }

  /** The fields that the ERP offers for an entity. Throws ERP001 or ERP002 when it cannot be asked. */
  async fields(ctx: CallContext, input: DescribeFields): Promise<ErpField[]> {
    const account = await this.accounts.refresh(ctx.tenantId, ctx.tenant, input.integration);
    try {
      const session = await this.sessions.open(account);
      return (await session.adapter.describe?.(session.handle, input.entityType)) ?? [];
    } catch (error) {
      if (error instanceof AdapterError)
        throw new ProblemError(error.code as ProblemCode, error.message, { cause: error });
      throw error;
    }
  }
}
