import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { adapterFor } from "@dovetail/adapter-registry";
import { AdapterError, type Adapter, type Http } from "@dovetail/adapter-sdk";
import type { Clock } from "@dovetail/resilience";
import { LOGGER, type Logger } from "@dovetail/service-kit";
import { Inject, Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { EngineMetrics } from "../systems/engine-metrics";
import { CLOCK } from "../tokens";
import { AccountCalls } from "./account-calls";
import { AccountWaitsError } from "./account-waits.error";
import { BudgetRepository } from "./budget.repository";
import type { Lane } from "./lane";
import { maintenanceUntil } from "./maintenance";
import type { CallLimits, Permit } from "./permit";

const USUAL_CONCURRENT = 4;
const UNASKED: Lane = "reread";

interface Scope {
  lane: Lane;
  /** What the work in hand may call with, and where. */
  held?: { calls: AccountCalls; permit: Permit };
  force?: boolean;
}

/** An account as its calls see it. */
export interface Gate {
  /** One call of the port: takes a slot and a call of the rate unless the work holds one, and notes how the ERP does. */
  call<T>(fn: () => Promise<T>): Promise<T>;
  /** Holds a slot for more than the call alone. Throws AccountWaitsError before `fn` when nobody calls the account now. */
  hold<T>(fn: () => Promise<T>): Promise<T>;
  /** The client with every request counted. */
  http(http: Http): Http;
}

/** Every call of every ERP passes here: one budget per account over all processes, and one circuit. */
@Injectable()
export class CallGate {
  /** Names this process in the tables. */
  private readonly owner = `${process.pid}-${randomBytes(4).toString("hex")}`;
  private readonly accounts = new Map<string, AccountCalls>();
  private readonly scope = new AsyncLocalStorage<Scope>();

  constructor(
    private readonly repository: BudgetRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly metrics: EngineMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.metrics.watchAccounts(() => [...this.accounts.values()].map((calls) => ({ why: calls.waits?.why })));
  }

  /** The calls that `fn` makes are of this lane. */
  inLane<T>(lane: Lane, fn: () => Promise<T>): Promise<T> {
    return this.scope.run({ lane }, fn);
  }

  /** A person's test: it is made although the account waits; only a maintenance window stays quiet. */
  anyway<T>(fn: () => Promise<T>): Promise<T> {
    return this.scope.run({ lane: "push", force: true }, fn);
  }

  /** Why work of the account is not to begin now, and when to look again; undefined: nothing is known against it. */
  async refusal(account: Account): Promise<AccountWaitsError | undefined> {
    const quietMs = maintenanceUntil(account, this.clock.now());
    if (quietMs !== undefined) return new AccountWaitsError("maintenance", quietMs);
    const waits = await this.accounts.get(idOf(account))?.look();
    return waits && new AccountWaitsError(waits.why, waits.ms);
  }

  /** `ended`: the session's; what its end does to calls under way says nothing of the ERP. */
  of(account: Account, adapter: Adapter, ended: AbortSignal): Gate {
    const calls = this.callsOf(account, limitsOf(account, adapter));
    return {
      call: (fn) => this.call(account, calls, ended, fn),
      hold: (fn) => this.hold(account, calls, fn),
      http: (http) => this.http(account, calls, this.metrics.measured(http, adapter.system)),
    };
  }

  /** Gives every slot back. */
  async end(): Promise<void> {
    await Promise.all([...this.accounts.values()].map((calls) => calls.end()));
  }

  private callsOf(account: Account, limits: CallLimits): AccountCalls {
    const known = this.accounts.get(idOf(account));
    if (known) {
      known.limits = limits;
      return known;
    }
    const { tenantId, num } = account;
    const holder = { tenantId, num, owner: this.owner };
    const trouble = (error: unknown) =>
      this.logger.warn({ err: error, integration: account.name }, "the account's budget could not be reached");
    const calls = new AccountCalls(holder, this.repository, this.clock, limits, trouble);
    this.accounts.set(idOf(account), calls);
    return calls;
  }

  private async call<T>(account: Account, calls: AccountCalls, ended: AbortSignal, fn: () => Promise<T>): Promise<T> {
    return this.hold(account, calls, async (permit) => {
      let result: T;
      try {
        result = await fn();
      } catch (error) {
        const tells = error instanceof AdapterError && !(error instanceof AccountWaitsError) && !ended.aborted;
        if (tells) await calls.failed(permit, error);
        throw error;
      }
      await calls.answered(permit);
      return result;
    });
  }

  private async hold<T>(account: Account, calls: AccountCalls, fn: (permit: Permit) => Promise<T>): Promise<T> {
    const scope = this.scope.getStore();
    if (scope?.held?.calls === calls) return fn(scope.held.permit);
    const quietMs = maintenanceUntil(account, this.clock.now());
    if (quietMs !== undefined) throw new AccountWaitsError("maintenance", quietMs);
    const lane = scope?.lane ?? UNASKED;
    const permit = scope?.force ? calls.enterAnyway() : await calls.enter(lane);
    try {
      return await this.scope.run({ lane, held: { calls, permit } }, () => fn(permit));
    } finally {
      calls.leave();
    }
  }

  /** Requests of one operation follow each other under its slot; one outside of any is an operation of its own. */
  private http(account: Account, calls: AccountCalls, http: Http): Http {
    return {
      request: (request) =>
        this.hold(account, calls, async (permit) => {
          const before = permit.last;
          let done: () => void = () => undefined;
          permit.last = new Promise<void>((resolve) => (done = resolve));
          try {
            await before;
            if (permit.counted) permit.counted = false;
            else await calls.furtherRequest();
            return await http.request(request);
          } finally {
            done();
          }
        }),
    };
  }
}

/** How many calls at the same time the integration allows. */
export function callsAtOnce(account: Account): number {
  return limitsOf(account, adapterFor(account.document.adapter.system)).concurrent;
}

/** What the integration says, else what its adapter knows of the ERP. */
export function limitsOf(account: Account, adapter: Adapter): CallLimits {
  const { concurrentCalls, perMinute } = account.document.limits;
  return {
    concurrent: concurrentCalls ?? adapter.limits?.concurrent ?? USUAL_CONCURRENT,
    perMinute: perMinute ?? adapter.limits?.perMinute ?? null,
  };
}

function idOf({ tenantId, num }: Account): string {
  return `${tenantId}/${num}`;
}
