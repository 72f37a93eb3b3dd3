import type { Claim, ClaimRequest } from "@dovetail/database";
import type { Clock } from "@dovetail/resilience";
import type { TurnKeeper } from "./turn-keeper";
import { WINDOW, type Found, type Room, type TurnRepository } from "./turn.repository";

/** Most work under way at once in this process. */
export interface Caps {
  /** Of one account, unless it allows more calls at the same time than half of it; or whoever knows better, by its queue. */
  account: number | ((queue: number) => number);
  /** Of one tenant. */
  tenant: number;
}

/** How often accounts are asked for one by one while one of them has more due rows than a claim looks at. */
const LAP_MS = 200;

interface Busy {
  tenantId: string;
  queue: number;
}

/** Claims for one runner: accounts take turns, and no tenant has more under way than its cap, however much of it is due. */
export class FairClaims {
  private readonly underWay = new Map<string, Busy>();
  private lapAt = -Infinity;
  private after = 0;
  /** The last look saw as many due rows as it looks at: others may stand behind them. */
  private crowded = false;

  constructor(
    private readonly repository: TurnRepository,
    private readonly keeper: TurnKeeper,
    private readonly clock: Clock,
    private readonly caps: Caps,
  ) {}

  async claim(request: ClaimRequest): Promise<Claim[]> {
    const now = this.clock.monotonic();
    const claims: Claim[] = [];
    if (this.crowded && now - this.lapAt >= LAP_MS) {
      this.lapAt = now;
      const found = this.noted(await this.repository.inTurn(request, this.room(), this.after));
      this.after = Math.max(0, ...found.map(({ queue }) => queue).filter((queue) => queue > this.after));
      claims.push(...found);
    }
    const limit = request.limit - claims.length;
    if (limit <= 0) return claims;
    const found = await this.repository.oldest({ ...request, limit }, this.room());
    const crowded = found.seen >= WINDOW;
    if (crowded && !this.crowded) this.lapAt = -Infinity;
    this.crowded = crowded;
    claims.push(...this.noted(found));
    // nothing was found among the oldest, and others may stand behind them: they are looked for at once
    return claims.length === 0 && crowded && this.lapAt === -Infinity ? this.claim(request) : claims;
  }

  /** Of one account; 0: of one that has nothing under way. */
  private most(queue: number): number {
    const { account } = this.caps;
    return typeof account === "number"
      ? Math.max(account, queue === 0 ? 0 : 2 * this.keeper.callsOf(queue))
      : account(queue);
  }

  ended(claim: Claim): void {
    this.underWay.delete(nameOf(claim));
  }

  private noted({ claims }: Found): Found["claims"] {
    for (const claim of claims) this.underWay.set(nameOf(claim), { tenantId: claim.tenantId, queue: claim.queue });
    return claims;
  }

  private room(): Room {
    const queues = new Map<number, number>();
    const tenants = new Map<string, number>();
    for (const { tenantId, queue } of this.underWay.values()) {
      const account = this.most(queue);
      const tenant = Math.max(this.caps.tenant, account);
      queues.set(queue, (queues.get(queue) ?? account) - 1);
      tenants.set(tenantId, (tenants.get(tenantId) ?? tenant) - 1);
    }
    const { tenant } = this.caps;
    const queue = this.most(0);
    return { queues, queue, tenants, tenant, without: this.keeper.passedOver() };
  }
}

function nameOf({ tenantId, kind, id }: Claim): string {
  return `${tenantId}/${kind}/${id}`;
}
