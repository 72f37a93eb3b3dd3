import type { Claim, WorkResult } from "@dovetail/database";
import { Injectable } from "@nestjs/common";
import type { Account } from "../accounts/account";
import { AccountService } from "../accounts/account.service";
import { AccountWaitsError } from "./account-waits.error";
import { CallGate, callsAtOnce } from "./call-gate";
import type { Lane } from "./lane";
import type { Caps, FairClaims } from "./fair-claims";
import { TurnKeeper } from "./turn-keeper";

const STOPPED_MS = 1_000;

type Handler = (claim: Claim, signal: AbortSignal) => Promise<WorkResult>;

/** Whose work a claim is: the integration that its id begins with; 0: nobody's in particular. As the column `queue`. */
export function queueOf(id: string): number {
  return Number(/^([0-9]{1,9})(:|$)/.exec(id)?.[1] ?? 0);
}

/** Work that calls ERPs: it does not begin while its account waits, and goes back uncounted when the account begins to. */
@Injectable()
export class WorkGate {
  constructor(
    private readonly accounts: AccountService,
    private readonly gate: CallGate,
    private readonly turns: TurnKeeper,
  ) {}

  /**
   * The handler, its calls in this lane, run only while its account is called. Pushes of one with another way (a file
   * exchange) run also while its ERP is away; what of its work must wait does not hold the rest up.
   */
  guarded(lane: Lane, handler: Handler): Handler {
    return async (claim, signal) => {
      const account = await this.accounts.byNumber(claim.tenantId, queueOf(claim.id));
      const refusal = account && !account.deleted ? await this.refusal(account, lane) : undefined;
      if (refusal) return this.later(claim, account, refusal);
      if (account) this.turns.allows(account.num, callsAtOnce(account));
      try {
        return await this.gate.inLane(lane, () => handler(claim, signal));
      } catch (error) {
        if (error instanceof AccountWaitsError) return this.later(claim, account, error);
        throw error;
      }
    };
  }

  private async refusal(account: Account, lane: Lane): Promise<AccountWaitsError | undefined> {
    if (account.document.status !== "ACTIVE") return new AccountWaitsError("stopped", STOPPED_MS);
    const refusal = await this.gate.refusal(account);
    return lane === "push" && hasOtherWay(account) && refusal?.why !== "maintenance" ? undefined : refusal;
  }

  /** Claims of a runner by turns: see FairClaims. */
  claims(caps: Caps): FairClaims {
    return this.turns.claims(caps);
  }

  private later(claim: Claim, account: Account | undefined, { againInMs }: AccountWaitsError): WorkResult {
    if (!account || !hasOtherWay(account)) this.turns.passOver(queueOf(claim.id), againInMs);
    return { againInMs };
  }
}

/** Outbound entries may leave also while the ERP itself is away. */
function hasOtherWay({ document }: Account): boolean {
  return document.features.fileFallback !== undefined;
}
